package dev.qwen2api.http;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.BodyPrinter;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;

/**
 * Sends an answer as one JSON body, when it is complete. A heartbeat is a space before the body, which JSON allows; it spends
 * the status, so that a later failure is an error body under status 200. Clients that read {@code error} before
 * {@code choices} still see it; a proxy that gives up on a silent connection would leave them nothing.
 */
final class JsonSink implements ClientSink {

    private static final String JSON = "application/json";

    private final ClientOutput out;
    private final BodyPrinter printer;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);

    JsonSink(ClientOutput out, BodyPrinter printer) {
        this.out = out;
        this.printer = printer;
    }

    @Override
    public void leased(AccountId account) {
        out.leased(account);
    }

    /** Sends nothing: until the answer is complete it can still fail with a status. */
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

    @Override
    public void heartbeat() {
        out.begin(JSON);
        buffer.write(' ');
        out.send(buffer);
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
        out.broken(problem);
        finish(out.print(problem));
    }

    @Override
    public void done() {
        byte[] body = printer.body();
        if (!out.hasBegun()) {
            out.begin(JSON);
            out.announce(body.length);
        }
        finish(body);
    }

    private void finish(byte[] body) {
        buffer.writeBytes(body);
        out.send(buffer);
        out.end();
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
