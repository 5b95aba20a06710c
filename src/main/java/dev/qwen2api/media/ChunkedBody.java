package dev.qwen2api.media;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bytes of all chunks up to the last, which must come. */
final class ChunkedBody extends FilterInputStream {

    private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})[ \\t]*(;.*)?");

    private long left;
    private boolean begun;
    private boolean ended;

    ChunkedBody(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = in.read(buffer, offset, (int) Math.min(left, length));
        if (count < 0) {
            throw new EOFException("cut off");
        }
        left -= count;
        return count;
    }

    private void nextChunk() throws IOException {
        if (begun && !ReplyHead.line(in).isEmpty()) {
            throw new ProtocolException("a chunk longer than it said");
        }
        begun = true;
        Matcher size = SIZE.matcher(ReplyHead.line(in));
        if (!size.matches()) {
            throw new ProtocolException("a chunk of no size");
        }
        left = Long.parseLong(size.group(1), 16);
        ended = left == 0;
    }
}
