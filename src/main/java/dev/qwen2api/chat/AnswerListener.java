package dev.qwen2api.chat;

/** Is told what happens in an answer, in order, by one thread. */
@FunctionalInterface
public interface AnswerListener {

    /**
     * Takes in the next event.
     *
     * @throws ClientGoneException when the event could not be handed to the client
     */
    void on(AnswerEvent event);
}
