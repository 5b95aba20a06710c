package dev.qwen2api.media;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** So many bytes, and no end before the last. */
final class CountedBody extends FilterInputStream {

    private long left;

    CountedBody(InputStream in, long length) {
        super(in);
        left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.read(buffer, offset, (int) Math.min(left, length));
        if (count < 0) {
            throw new EOFException("cut off");
        }
        left -= count;
        return count;
    }
}
