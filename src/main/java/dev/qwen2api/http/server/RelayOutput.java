package dev.qwen2api.http.server;

import dev.qwen2api.api.openai.RelayCodec;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.ProblemPrinter;
import dev.qwen2api.chat.RelaySink;
import dev.qwen2api.chat.RelayedError;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Sends an answer that the upstream has written in OpenAI's wire format already: an event stream frame by frame, or one JSON
 * body. Before the first byte a failure is a status; after it, one error frame that ends the stream.
 */
public final class RelayOutput implements RelaySink, AnswerOutcome {

    private static final byte[] DATA = ascii("data: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] DONE = ascii("data: [DONE]\n\n");
    private static final byte[] HEARTBEAT = ascii(": keep-alive\n");

    private final ClientOutput out;
    private final boolean stream;
    private final RelayCodec codec;
    private final ProblemPrinter problems;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);
    private boolean answering;

    /**
     * @param stream whether the client wants an event stream
     * @param problems prints failures inside a stream
     */
    public RelayOutput(ClientOutput out, boolean stream, RelayCodec codec, ProblemPrinter problems) {
        this.out = out;
        this.stream = stream;
        this.codec = codec;
        this.problems = problems;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void trying(String credential) {
        out.tried(credential);
    }

    @Override
    public void frame(byte[] data) {
        if (!answering) {
            answering = true;
            out.answering();
        }
        out.begin(ClientOutput.EVENT_STREAM);
        event(data);
    }

    private void event(byte[] data) {
        buffer.writeBytes(DATA);
        buffer.writeBytes(data);
        buffer.writeBytes(END);
    }

    @Override
    public void flush() {
        out.send(buffer);
    }

    @Override
    public void done() {
        out.begin(ClientOutput.EVENT_STREAM);
        buffer.writeBytes(DONE);
        flush();
        out.end();
    }

    @Override
    public void whole(byte[] body) {
        out.answering();
        out.whole(body);
    }

    @Override
    public void cost(AnswerEvent.Usage usage) {
        out.note(usage);
    }

    /** Of an answer in one piece nothing can be sent ahead: it would spend the status on success. */
    @Override
    public void heartbeat() {
        if (stream) {
            out.begin(ClientOutput.EVENT_STREAM);
            buffer.writeBytes(HEARTBEAT);
            flush();
        }
    }

    @Override
    public void refuse(RelayedError error) {
        if (out.hasEnded()) {
            return;
        }
        if (out.hasBegun()) {
            out.broken(error.type());
            endWith(codec.print(error));
        } else {
            out.refuse(error, codec.print(error));
        }
    }

    @Override
    public void fail(Problem problem) {
        if (out.hasEnded()) {
            return;
        }
        if (out.hasBegun()) {
            out.broken(problem.kind().code());
            endWith(problems.print(problem));
        } else {
            out.refuse(problem);
        }
    }

    private void endWith(byte[] error) {
        event(error);
        flush();
        out.end();
    }

    @Override
    public boolean hasEnded() {
        return out.hasEnded();
    }

    @Override
    public boolean clientGone() {
        return out.clientGone();
    }
}
