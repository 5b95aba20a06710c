package dev.qwen2api.upstream.qwen.stream;

import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.BoundedBodySubscriber;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * From the bytes of one event stream to events. It also keeps the head of a body that only claims to be an event stream: the
 * firewall's page has come under that name too. Used by one thread.
 */
public final class AnswerReader {

    /** Many times the longest ones seen, and few enough bytes that ten of them do not fill a small heap. */
    private static final int LONGEST_LINE = 4 * 1024 * 1024;

    private final SseReader lines = new SseReader(LONGEST_LINE);
    private final FrameDecoder decoder = new FrameDecoder();
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private boolean eventful;

    public void feed(ByteBuffer piece, AnswerListener listener) throws UpstreamException {
        if (!eventful) {
            keepHead(piece.duplicate());
        }
        lines.feed(piece, (bytes, offset, length) -> data(bytes, offset, length, listener));
    }

    private void keepHead(ByteBuffer piece) {
        byte[] bytes = new byte[Math.min(piece.remaining(), BoundedBodySubscriber.REFUSAL - head.size())];
        piece.get(bytes);
        head.writeBytes(bytes);
    }

    private void data(byte[] bytes, int offset, int length, AnswerListener listener) throws UpstreamException {
        if (!eventful) {
            eventful = true;
            head.reset();
        }
        decoder.data(bytes, offset, length, listener);
    }

    /**
     * The body has ended in good order.
     *
     * @throws UpstreamException when it ended before the answer did
     */
    public void end(AnswerListener listener) throws UpstreamException {
        lines.end((bytes, offset, length) -> data(bytes, offset, length, listener));
        decoder.end(listener);
    }

    /** The beginning of a body without a single event; empty where there was one, or nothing at all. */
    public byte[] eventlessHead() {
        return head.toByteArray();
    }

    public boolean isFinished() {
        return decoder.isFinished();
    }

    public boolean hasDelivered() {
        return decoder.hasDelivered();
    }

    /** May be asked by any thread. */
    public String responseId() {
        return decoder.responseId();
    }
}
