package dev.qwen2api.chat;

import java.util.function.BooleanSupplier;

/** Downloads finished videos. Thread-safe. */
@FunctionalInterface
public interface VideoFetcher {

    /**
     * Fetches a video.
     *
     * @param gone whether nobody waits for it any more
     * @return to be closed, which throws the bytes away
     * @throws dev.qwen2api.failure.ProblemException when it cannot be had
     */
    Attachment fetch(String url, BooleanSupplier gone) throws InterruptedException;
}
