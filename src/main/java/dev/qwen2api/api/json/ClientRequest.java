package dev.qwen2api.api.json;

import dev.qwen2api.chat.BodyPrinter;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.FramePrinter;
import java.io.IOException;
import java.io.InputStream;

/**
 * A chat request of any dialect, parsed, with the printer of its answer.
 *
 * @param conversation what the client asks
 * @param form the form of the answer
 */
public record ClientRequest(Conversation conversation, Form form) {

    /** As a stream or as one body. */
    public sealed interface Form permits Streamed, Whole {}

    /** An event stream. */
    public record Streamed(FramePrinter printer) implements Form {}

    /** One JSON body. */
    public record Whole(BodyPrinter printer) implements Form {}

    /** Reads the requests of one dialect. Thread-safe. */
    @FunctionalInterface
    public interface Reader {

        /**
         * Reads the body of one request.
         *
         * @throws dev.qwen2api.failure.ProblemException when it is malformed, naming the field at fault
         * @throws IOException when the body could not be received
         */
        ClientRequest read(InputStream body) throws IOException;
    }
}
