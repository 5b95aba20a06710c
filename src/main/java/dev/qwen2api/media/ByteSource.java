package dev.qwen2api.media;

import java.io.IOException;
import java.io.InputStream;

/** Bytes that can be read once. One thread opens and reads; any thread may close, which interrupts the reader. */
interface ByteSource extends AutoCloseable {

    /**
     * Opens the stream; blocks until its first byte is available.
     *
     * @param maxBytes a source that announces more fails at once
     */
    InputStream open(long maxBytes) throws IOException;

    @Override
    void close();

    static NotFetchedException tooLarge(long maxBytes) {
        return new NotFetchedException("is larger than the " + (maxBytes >> 20) + " MB that are allowed");
    }

    /** Why a source cannot be fetched; the message continues a sentence that begins with the name of the part. */
    final class NotFetchedException extends IOException {

        private static final long serialVersionUID = 1L;

        NotFetchedException(String why) {
            super(why);
        }
    }
}
