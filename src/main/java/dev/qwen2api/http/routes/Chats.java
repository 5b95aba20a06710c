package dev.qwen2api.http.routes;

import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.chat.Conversation;

/** Whoever answers conversations. Thread-safe. */
@FunctionalInterface
public interface Chats {

    /**
     * Drives one request to its end and tells everything, failure included, to the sink.
     *
     * @throws InterruptedException when this thread is told to stop; the sink has then not ended
     */
    void answer(Conversation conversation, AnswerSink sink) throws InterruptedException;
}
