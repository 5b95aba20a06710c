package dev.qwen2api.chat;

/** Creates the filters between an upstream's events and the printer of a client's dialect. */
@FunctionalInterface
public interface AnswerFilterFactory {

    /**
     * Returns a listener that passes the filtered events on to {@code end}.
     *
     * @param retry requests the answer again if a filter finds it unusable
     */
    AnswerListener create(
            AnswerListener end, Conversation conversation, AnswerPresentation presentation, AnswerRetry retry);
}
