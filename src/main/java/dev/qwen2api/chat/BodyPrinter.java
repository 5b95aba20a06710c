package dev.qwen2api.chat;

/** Prints an answer as a single JSON body of a dialect. Used by one thread. */
public interface BodyPrinter extends AnswerListener {

    /** The body, once {@code Finished} has been heard. */
    byte[] body();
}
