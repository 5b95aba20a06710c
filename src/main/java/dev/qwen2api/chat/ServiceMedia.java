package dev.qwen2api.chat;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/**
 * Opens pictures and videos that the service generated, over the same route and proxy as every other request to it.
 * Thread-safe.
 */
@FunctionalInterface
public interface ServiceMedia {

    /**
     * What the service replied.
     *
     * @param status of HTTP
     * @param bytes as they come; to be closed, by any thread
     */
    record Original(int status, InputStream bytes) {}

    /**
     * Asks for what is at an address that the service told. Cancelling gives it up.
     *
     * @return fails with an {@link IllegalArgumentException} when that is no host of the service's, and with an
     *     {@link java.io.IOException} when nothing comes from there
     */
    CompletableFuture<Original> open(String url);
}
