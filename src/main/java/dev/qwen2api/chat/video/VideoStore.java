package dev.qwen2api.chat.video;

import java.util.List;

/** Keeps orders over a restart. Thread-safe; nothing here blocks but {@link #load}. */
public interface VideoStore {

    List<VideoJob> load();

    /** Keeps the newest state of an order. */
    void save(VideoJob job);

    void remove(String id);
}
