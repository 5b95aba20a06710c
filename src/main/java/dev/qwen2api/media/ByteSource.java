package dev.qwen2api.media;

import java.io.IOException;
import java.io.InputStream;

/** Something that bytes come from, once. Opened and read by one thread; closed by any, which ends whatever that one waits for. */
interface ByteSource extends AutoCloseable {

    /**
     * The bytes; blocks until the first can be read.
     *
     * @param most how many are wanted at most: what says that it has more is refused at once
     */
    InputStream open(long most) throws NotFetchedException, IOException;

    @Override
    void close();

    /** What is said of a source that has more than {@code most} bytes. */
    static NotFetchedException tooLarge(long most) {
        return new NotFetchedException("is larger than the " + (most >> 20) + " MB that are allowed");
    }
}
