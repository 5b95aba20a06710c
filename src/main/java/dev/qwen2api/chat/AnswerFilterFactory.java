package dev.qwen2api.chat;

/** Creates the filters between an upstream's events and the printer of a client's dialect. */
@FunctionalInterface
public interface AnswerFilterFactory {

    /** Returns a listener that passes the filtered events on to {@code end}. */
    AnswerListener create(AnswerListener end, Conversation conversation, AnswerPresentation presentation);
}
