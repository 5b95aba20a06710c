package dev.qwen2api.upstream.qwen;

import dev.qwen2api.upstream.qwen.upload.UploadCache.UploadStore;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers uploads in memory. */
final class MemoryUploads implements UploadStore {

    final List<Upload> saved = new CopyOnWriteArrayList<>();

    @Override
    public List<Upload> load(Instant now) {
        return List.copyOf(saved);
    }

    @Override
    public void save(Upload upload) {
        saved.add(upload);
    }
}
