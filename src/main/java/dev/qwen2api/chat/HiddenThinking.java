package dev.qwen2api.chat;

/** Keeps thinking from the client. */
final class HiddenThinking implements AnswerListener {

    private final AnswerListener next;

    HiddenThinking(AnswerListener next) {
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (!(event instanceof AnswerEvent.Reasoning)) {
            next.on(event);
        }
    }
}
