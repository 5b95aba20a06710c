package dev.qwen2api.chat;

import java.io.IOException;
import java.io.InputStream;

/**
 * Attached bytes, in a file when they are many. They can be read any number of times, by any thread, until the request
 * ends and its owner deletes them.
 */
public interface Attachment extends AutoCloseable {

    /** How many bytes. */
    long size();

    /** Lower-case hex of their SHA-256. */
    String sha256();

    /** Their type as they tell it themselves, such as {@code image/png}. */
    String contentType();

    /** The bytes from the first on; to be closed. */
    InputStream open() throws IOException;

    /** Throws the bytes away; idempotent. */
    @Override
    void close();
}
