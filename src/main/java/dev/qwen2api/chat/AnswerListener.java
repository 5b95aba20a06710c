package dev.qwen2api.chat;

/** Receives the events of an answer, in order, from one thread. */
@FunctionalInterface
public interface AnswerListener {

    /**
     * Takes in the next event.
     *
     * @throws ClientGoneException when the event could not be handed to the client
     */
    void on(AnswerEvent event);
}
