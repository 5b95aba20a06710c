package dev.qwen2api.http.server;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.api.json.ClientRequest.BodyPrinter;
import dev.qwen2api.api.json.ClientRequest.FramePrinter;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.http.server.RouteSupport.AnswerOutcome;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Sends an answer to the client of a request. */
public abstract class ClientSink implements AnswerSink, AnswerOutcome {

    final ClientOutput out;

    ClientSink(ClientOutput out) {
        this.out = out;
    }

    @Override
    public final void leased(AccountId account) {
        out.tried(account.toString());
    }

    @Override
    public final String requestId() {
        return out.requestId();
    }

    @Override
    public final void fallback(String channel) {
        out.fallback(channel);
    }

    @Override
    public final void shortened(List<String> omitted) {
        out.shortened(omitted);
    }

    @Override
    public final void withoutAttachments(List<String> omitted) {
        out.withoutAttachments(omitted);
    }

    @Override
    public final String client() {
        return out.client();
    }

    @Override
    public final boolean clientGone() {
        return out.clientGone();
    }

    @Override
    public final boolean hasEnded() {
        return out.hasEnded();
    }

    /** Sends an answer as one JSON body when it is complete, so that a failure before that has its own status. */
    public static final class JsonSink extends ClientSink {

        private final BodyPrinter printer;

        public JsonSink(ClientOutput out, BodyPrinter printer) {
            super(out);
            this.printer = printer;
        }

        @Override
        public boolean isWhole() {
            return true;
        }

        @Override
        public void open() {
            out.answering();
        }

        @Override
        public void on(AnswerEvent event) {
            out.note(event);
            printer.on(event);
        }

        @Override
        public void flush() {}

        /** Sends nothing: white space before the body would be allowed, but it would spend the status on success. */
        @Override
        public void heartbeat() {}

        @Override
        public void fail(Problem problem) {
            out.fail(problem);
        }

        @Override
        public void done() {
            out.whole(printer.body());
        }
    }

    /**
     * Sends an answer as an event stream. Before {@link #open()} and the first {@link #heartbeat()} a failure is a
     * status with a JSON body; after it, the printer's error frame, which ends the stream.
     */
    public static final class SseSink extends ClientSink {

        private final FramePrinter printer;
        private final ByteArrayOutputStream buffer = new FrameBuffer();

        public SseSink(ClientOutput out, FramePrinter printer) {
            super(out);
            this.printer = printer;
        }

        @Override
        public void open() {
            out.answering();
            out.begin(ClientOutput.EVENT_STREAM);
            printer.open(buffer);
        }

        @Override
        public void on(AnswerEvent event) {
            out.note(event);
            printer.event(event, buffer);
        }

        @Override
        public void flush() {
            out.send(buffer);
        }

        @Override
        public void heartbeat() {
            out.begin(ClientOutput.EVENT_STREAM);
            printer.heartbeat(buffer);
            flush();
        }

        @Override
        public void fail(Problem problem) {
            out.fail(problem, () -> {
                printer.fail(problem, buffer);
                flush();
            });
        }

        @Override
        public void done() {
            printer.done(buffer);
            out.end(buffer);
        }
    }

    /** Takes small pieces without a lock for each: one thread writes and sends them. */
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    private static final class FrameBuffer extends ByteArrayOutputStream {

        private static final int FIRST_SIZE = 512;

        FrameBuffer() {
            super(FIRST_SIZE);
        }

        @Override
        public void write(int b) {
            makeRoom(1);
            buf[count] = (byte) b;
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            makeRoom(length);
            System.arraycopy(bytes, offset, buf, count, length);
            count += length;
        }

        private void makeRoom(int more) {
            if (more > buf.length - count) {
                buf = Arrays.copyOf(buf, Math.max(Math.addExact(count, more), Math.min(buf.length, 1 << 29) * 2));
            }
        }
    }
}
