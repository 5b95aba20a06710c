package dev.qwen2api.upstream.qwen.stream;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the {@code data} lines in an event stream that arrives in pieces cut anywhere. Lines end in LF, CR or both;
 * comments, other fields and garbage are passed over; a last line without its end still counts. Every line is handed
 * on as soon as it is complete: this upstream never spreads one event over several. Used by one thread.
 */
public final class SseReader {

    private static final int FIRST_SIZE = 1024;
    private static final byte[] FIELD = "data:".getBytes(StandardCharsets.US_ASCII);

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long ONES = 0x0101010101010101L;
    private static final long LINE_FEEDS = '\n' * ONES;
    private static final long RETURNS = '\r' * ONES;

    private final int longest;
    private byte[] line = new byte[0];
    private int length;

    /** Takes the value of a data line, valid only during the call. */
    @FunctionalInterface
    public interface DataSink {
        void data(byte[] bytes, int offset, int length) throws UpstreamException;
    }

    /**
     * Begins a stream.
     *
     * @param longest bytes in the longest line taken; a longer one is a failure, so that memory stays bounded
     */
    public SseReader(int longest) {
        this.longest = longest;
    }

    public void feed(ByteBuffer piece, DataSink sink) throws UpstreamException {
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        int from = 0;
        for (int end = lineEnd(bytes, 0); end < bytes.length; end = lineEnd(bytes, from)) {
            line(bytes, from, end, sink);
            from = end + 1;
        }
        keep(bytes, from, bytes.length);
    }

    /** Where the first LF or CR at {@code from} or after it is; the length where there is none. */
    private static int lineEnd(byte[] bytes, int from) {
        int i = from;
        // Lines have hundreds of bytes: eight at a time are passed over.
        while (i + Long.BYTES <= bytes.length) {
            long eight = (long) EIGHT.get(bytes, i);
            if ((zeros(eight ^ LINE_FEEDS) | zeros(eight ^ RETURNS)) != 0) {
                break;
            }
            i += Long.BYTES;
        }
        while (i < bytes.length && bytes[i] != '\n' && bytes[i] != '\r') {
            i++;
        }
        return i;
    }

    /** Not zero if, and only if, one of the eight bytes is zero. */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight & (ONES << 7);
    }

    /** The stream has ended: what is left is the last line. */
    public void end(DataSink sink) throws UpstreamException {
        if (length > 0) {
            int last = length;
            length = 0;
            field(line, 0, last, sink);
        }
    }

    private void line(byte[] bytes, int from, int to, DataSink sink) throws UpstreamException {
        if (length == 0) {
            field(bytes, from, to, sink);
            return;
        }
        keep(bytes, from, to);
        end(sink);
    }

    private void keep(byte[] bytes, int from, int to) throws UpstreamException {
        int more = to - from;
        if (length + more > longest) {
            throw new UpstreamException(
                    Failure.of(FailureKind.BROKEN, "a line of the answer is longer than " + longest + " bytes"));
        }
        if (length + more > line.length) {
            int size = Math.min(longest, Math.max(Math.max(FIRST_SIZE, line.length * 2), length + more));
            line = Arrays.copyOf(line, size);
        }
        System.arraycopy(bytes, from, line, length, more);
        length += more;
    }

    private static void field(byte[] bytes, int from, int to, DataSink sink) throws UpstreamException {
        int start = from + FIELD.length;
        if (start > to || !Arrays.equals(bytes, from, start, FIELD, 0, FIELD.length)) {
            return;
        }
        if (start < to && bytes[start] == ' ') {
            start++;
        }
        if (start < to) {
            sink.data(bytes, start, to - start);
        }
    }
}
