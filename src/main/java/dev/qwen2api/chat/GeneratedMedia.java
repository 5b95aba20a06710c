package dev.qwen2api.chat;

import java.util.function.BooleanSupplier;

/** Downloads pictures and videos that the service has generated. Thread-safe. */
public interface GeneratedMedia {

    /**
     * The bytes of a picture, as base64.
     *
     * @param gone whether nobody waits for them any more
     * @throws dev.qwen2api.failure.ProblemException when they cannot be had
     */
    String base64(String url, BooleanSupplier gone) throws InterruptedException;

    /**
     * Fetches a video.
     *
     * @param gone whether nobody waits for it any more
     * @return to be closed, which throws the bytes away
     * @throws dev.qwen2api.failure.ProblemException when it cannot be had
     */
    Attachment fetch(String url, BooleanSupplier gone) throws InterruptedException;
}
