package dev.qwen2api.upstream.qwen.upload;

import java.time.Instant;
import java.util.List;

/** Remembers which files lie at the upstream, over a restart. Thread-safe; saving never blocks. */
public interface UploadStore {

    /**
     * A file that was uploaded.
     *
     * @param user the upstream's user whose file it is
     * @param sha256 lower-case hex of its bytes' digest
     * @param name the file name it went up under
     * @param file what requests refer to it with: JSON text
     * @param until when the upstream's link to it ends
     */
    record Upload(String user, String sha256, String name, String file, Instant until) {}

    /** Those whose links have not ended at {@code now}; the others are forgotten. */
    List<Upload> load(Instant now);

    void save(Upload upload);
}
