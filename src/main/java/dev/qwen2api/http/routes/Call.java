package dev.qwen2api.http.routes;

import dev.qwen2api.chat.BodyPrinter;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.FramePrinter;
import java.io.IOException;
import java.io.InputStream;

/**
 * A conversation and the form in which its client wants the answer.
 *
 * @param conversation what was asked
 * @param form how it is to be answered
 */
public record Call(Conversation conversation, Form form) {

    /** As a stream or in one piece. */
    public sealed interface Form permits Stream, Whole {}

    /** As it comes. */
    public record Stream(FramePrinter printer) implements Form {}

    /** When it is complete. */
    public record Whole(BodyPrinter printer) implements Form {}

    /** Reads the requests of one dialect. Thread-safe. */
    @FunctionalInterface
    public interface Reader {

        /**
         * Reads one request's body.
         *
         * @throws dev.qwen2api.failure.ProblemException when something is wrong with it
         * @throws IOException when it is not even JSON, as Jackson's exception
         */
        Call read(InputStream body) throws IOException;
    }
}
