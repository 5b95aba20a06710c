package dev.qwen2api.http.server;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.FramePrinter;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;

/**
 * Sends an answer as an event stream. Before {@link #open()} and the first {@link #heartbeat()} a failure is a status
 * with a JSON body; after it, the printer's error frame, which ends the stream.
 */
public final class SseSink extends ClientSink {

    private final FramePrinter printer;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);

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
        if (out.hasEnded()) {
            return;
        }
        if (!out.hasBegun()) {
            out.refuse(problem);
            return;
        }
        out.broken(problem.kind().code());
        printer.fail(problem, buffer);
        flush();
        out.end();
    }

    @Override
    public void done() {
        printer.done(buffer);
        out.end(buffer);
    }
}
