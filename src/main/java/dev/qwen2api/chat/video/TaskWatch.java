package dev.qwen2api.chat.video;

import dev.qwen2api.failure.UpstreamException;
import java.util.function.BooleanSupplier;

/** Watches a video task that is running at the service. Thread-safe. */
@FunctionalInterface
public interface TaskWatch {

    /**
     * Waits until it is finished.
     *
     * @param gone whether nobody wants it any more
     * @return where it lies
     */
    String await(VideoJob.Task task, BooleanSupplier gone) throws UpstreamException, InterruptedException;
}
