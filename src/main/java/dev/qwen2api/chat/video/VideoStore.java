package dev.qwen2api.chat.video;

import java.util.List;

/** Stores video jobs. Thread-safe; only {@link #load} blocks. */
public interface VideoStore {

    List<VideoJob> load();

    /** Keeps the newest state of an order. */
    void save(VideoJob job);

    void remove(String id);
}
