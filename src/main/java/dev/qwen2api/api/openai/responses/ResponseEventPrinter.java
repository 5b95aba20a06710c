package dev.qwen2api.api.openai.responses;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.FramePrinter;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Prints an answer as the events of a response. Used by one thread. */
public final class ResponseEventPrinter implements FramePrinter {

    private static final byte[] HEARTBEAT = ": keep-alive\n".getBytes(StandardCharsets.US_ASCII);

    private final EventFrames frames = new EventFrames();
    private final ResponseDraft draft;
    private boolean begun;

    public ResponseEventPrinter(ResponseBrief brief) {
        this.draft = new ResponseDraft(brief, frames);
    }

    @Override
    public void open(ByteArrayOutputStream out) {
        frames.to(out);
        begin();
    }

    private void begin() {
        if (!begun) {
            begun = true;
            response("response.created", draft.begun());
            response("response.in_progress", draft.begun());
        }
    }

    @Override
    public void event(AnswerEvent event, ByteArrayOutputStream out) {
        frames.to(out);
        event.accept(draft.output());
    }

    @Override
    public void heartbeat(ByteArrayOutputStream out) {
        out.writeBytes(HEARTBEAT);
    }

    /** A stream that only kept alive so far has to begin before it can fail: clients know no response otherwise. */
    @Override
    public void fail(Problem problem, ByteArrayOutputStream out) {
        frames.to(out);
        begin();
        response("response.failed", draft.failed(problem));
    }

    @Override
    public void done(ByteArrayOutputStream out) {
        frames.to(out);
        String body = draft.finish();
        response("response." + draft.status(), body);
    }

    private void response(String type, String body) {
        frames.event(type, "{\"response\":" + body + "}");
    }
}
