package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerListener;

/** Removes thinking from an answer. */
final class HiddenThinkingFilter implements AnswerListener {

    private final AnswerListener next;

    HiddenThinkingFilter(AnswerListener next) {
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (!(event instanceof AnswerEvent.Reasoning)) {
            next.on(event);
        }
    }
}
