package dev.qwen2api.http.server;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.BodyPrinter;
import dev.qwen2api.failure.Problem;

/** Sends an answer as one JSON body when it is complete. Until then nothing is sent, so that a failure has a status. */
public final class JsonSink extends ClientSink {

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
        if (!out.hasEnded()) {
            out.refuse(problem);
        }
    }

    @Override
    public void done() {
        out.whole(printer.body());
    }
}
