package dev.qwen2api.api.json;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
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

    /**
     * Prints an answer as the frames of a dialect's event stream. A pure state machine that appends bytes to a buffer
     * and knows no socket. Used by one thread.
     */
    public interface FramePrinter {

        /** The frames that open a stream before the first event, if the dialect has any. */
        default void open(ByteArrayOutputStream out) {}

        void event(AnswerEvent event, ByteArrayOutputStream out);

        /**
         * An event without content that keeps clients and proxies waiting; no comment, which some readers drop with
         * what follows.
         */
        void heartbeat(ByteArrayOutputStream out);

        /** The error with which a stream ends that has begun. */
        void fail(Problem problem, ByteArrayOutputStream out);

        /** The frames that end a complete stream, if the dialect has any. */
        default void done(ByteArrayOutputStream out) {}
    }

    /** Prints an answer as a single JSON body of a dialect. Used by one thread. */
    public interface BodyPrinter extends AnswerListener {

        /** The body, once {@code Finished} has been heard. */
        byte[] body();
    }
}
