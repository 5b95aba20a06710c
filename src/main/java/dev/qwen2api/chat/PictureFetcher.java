package dev.qwen2api.chat;

import java.util.function.BooleanSupplier;

/** Downloads generated pictures. Thread-safe. */
@FunctionalInterface
public interface PictureFetcher {

    /**
     * The bytes at an address, as base64.
     *
     * @param gone whether nobody waits for them any more
     * @throws dev.qwen2api.failure.ProblemException when they cannot be had
     */
    String base64(String url, BooleanSupplier gone) throws InterruptedException;
}
