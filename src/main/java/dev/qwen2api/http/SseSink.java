package dev.qwen2api.http;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.FramePrinter;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;

/**
 * Sends an answer as an event stream. Before {@link #open()} and the first {@link #heartbeat()} a failure is a status with a
 * JSON body; after it, the printer's error frame, which ends the stream.
 */
final class SseSink implements ClientSink {

    private static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

    private final ClientOutput out;
    private final FramePrinter printer;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);

    SseSink(ClientOutput out, FramePrinter printer) {
        this.out = out;
        this.printer = printer;
    }

    @Override
    public void leased(AccountId account) {
        out.leased(account);
    }

    @Override
    public void open() {
        out.begin(EVENT_STREAM);
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
        out.begin(EVENT_STREAM);
        printer.heartbeat(buffer);
        flush();
    }

    @Override
    public void fail(Problem problem) {
        if (out.hasEnded()) {
            return;
        }
        if (!out.hasBegun()) {
            out.refuse(problem);
            return;
        }
        printer.fail(problem, buffer);
        flush();
        out.end();
    }

    @Override
    public void done() {
        printer.done(buffer);
        out.end(buffer);
    }

    @Override
    public boolean clientGone() {
        return out.clientGone();
    }

    @Override
    public boolean hasEnded() {
        return out.hasEnded();
    }
}
