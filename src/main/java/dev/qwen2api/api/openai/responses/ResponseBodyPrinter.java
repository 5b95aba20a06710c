package dev.qwen2api.api.openai.responses;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.BodyPrinter;
import java.nio.charset.StandardCharsets;

/** Gathers an answer and prints it as one response. Used by one thread. */
public final class ResponseBodyPrinter implements BodyPrinter {

    private final ResponseDraft draft;

    public ResponseBodyPrinter(ResponseBrief brief) {
        this.draft = new ResponseDraft(brief, EventListener.NONE);
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(draft.output());
    }

    @Override
    public byte[] body() {
        return draft.finish().getBytes(StandardCharsets.UTF_8);
    }
}
