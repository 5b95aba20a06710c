package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.error.UpstreamErrorParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one event stream into events. Texts are taken as pieces, never as the whole so far: pieces are
 * what is asked for, and a piece that repeats what went before it cannot be told from a whole. It also keeps the head
 * of a body that only claims to be an event stream: the firewall's page has come under that name too. Used by one
 * thread.
 */
public final class FrameDecoder {

    /**
     * Many times the longest ones seen, and few enough bytes that ten of them do not fill a small heap. What a line
     * becomes as a tree is bounded by {@link ReusableJsonParser}.
     */
    private static final int LONGEST_LINE = 4 * 1024 * 1024;

    private static final int LONGEST_HEAD = 64 * 1024;

    /** HTTP has nothing to say of a frame. */
    private static final int NO_STATUS = 200;

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final SseReader lines = new SseReader(LONGEST_LINE);
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final ResponseIds ids = new ResponseIds();
    private final AnswerAssembler answer;
    private boolean eventful;
    private boolean sound;
    private boolean garbage;

    /**
     * @param unknownPhases takes the name of each phase that is not known, once an answer
     */
    public FrameDecoder(AnswerContext context, Consumer<String> unknownPhases) {
        this.answer = new AnswerAssembler(context, unknownPhases);
    }

    /**
     * Reads a piece of the stream and passes on the events that it completes.
     *
     * @throws UpstreamException when a frame reports an error
     */
    public void feed(ByteBuffer piece, AnswerListener listener) throws UpstreamException {
        if (!eventful) {
            ByteBuffer copy = piece.duplicate();
            byte[] bytes = new byte[Math.min(copy.remaining(), LONGEST_HEAD - head.size())];
            copy.get(bytes);
            head.writeBytes(bytes);
        }
        lines.feed(piece, (bytes, offset, length) -> data(bytes, offset, length, listener));
    }

    /** The beginning of a body without a single event; empty where there was one, or nothing at all. */
    public byte[] eventlessHead() {
        return head.toByteArray();
    }

    /** Whether the answer is complete. */
    public boolean isFinished() {
        return answer.isFinished();
    }

    /** Whether anything of the answer was handed over. */
    public boolean hasDelivered() {
        return answer.hasDelivered();
    }

    /** Whether the complete answer is the service's own text and nothing else. */
    public boolean isVerbatim() {
        return answer.isVerbatim() && !garbage;
    }

    /** The upstream's id of the response; empty until it is known. May be asked by any thread. */
    public String responseId() {
        return ids.current();
    }

    private void data(byte[] bytes, int offset, int length, AnswerListener listener) throws UpstreamException {
        if (!eventful) {
            eventful = true;
            head.reset();
        }
        if (answer.isFinished()) {
            return;
        }
        if (Arrays.equals(bytes, offset, offset + length, DONE, 0, DONE.length)) {
            answer.done(listener);
            return;
        }
        Frame frame = parse(bytes, offset, length);
        if (frame == null) {
            frame = parseMended(bytes, offset, length);
        }
        if (frame == null) {
            garbage = true;
            return;
        }
        sound = true;
        frame(frame, length, listener);
    }

    private static @Nullable Frame parse(byte[] bytes, int offset, int length) {
        try {
            return FrameParser.parse(bytes, offset, length);
        } catch (IOException broken) {
            return null;
        }
    }

    /** Once more with every byte replaced that is no UTF-8: better a wrong character than a hole in the answer. */
    private static @Nullable Frame parseMended(byte[] bytes, int offset, int length) {
        byte[] mended = new String(bytes, offset, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        return parse(mended, 0, mended.length);
    }

    private void frame(Frame frame, int size, AnswerListener listener) throws UpstreamException {
        JsonNode trouble = frame.trouble();
        Optional<Failure> failure =
                trouble == null ? Optional.empty() : UpstreamErrorParser.of(Operation.FRAME, trouble, NO_STATUS);
        if (failure.isPresent()) {
            fail(failure.get(), listener);
            return;
        }
        process(ids.select(frame, size, answer.spoke()), listener);
        if (answer.isToolRefused()) {
            throw new UpstreamException(UpstreamErrorParser.TOOL_REFUSED);
        }
    }

    private void process(List<Frame> frames, AnswerListener listener) {
        for (Frame frame : frames) {
            answer.frame(frame, listener);
        }
    }

    private void fail(Failure failure, AnswerListener listener) throws UpstreamException {
        if (failure.kind() == FailureKind.MODERATED && answer.spoke()) {
            answer.finish(Finished.Reason.CONTENT_FILTER, listener);
            return;
        }
        throw new UpstreamException(failure);
    }

    /**
     * The body has ended in good order.
     *
     * @throws UpstreamException when it ended before the answer did
     */
    public void end(AnswerListener listener) throws UpstreamException {
        lines.end((bytes, offset, length) -> data(bytes, offset, length, listener));
        process(ids.follow(), listener);
        answer.streamEnded(listener);
        if (!answer.isFinished()) {
            throw new UpstreamException(unfinished());
        }
    }

    private Failure unfinished() {
        if (answer.hasDelivered()) {
            return Failure.of(FailureKind.TRUNCATED, "the answer broke off before its end");
        }
        return garbage && !sound
                ? Failure.of(FailureKind.BROKEN, "the stream held nothing that could be read")
                : Failure.of(
                        FailureKind.EMPTY,
                        "the stream ended without a word, which is how the service quietly refuses (soft block)");
    }
}
