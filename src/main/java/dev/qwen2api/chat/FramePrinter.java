package dev.qwen2api.chat;

import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;

/**
 * Prints an answer as the frames of a dialect's event stream. A pure state machine that appends bytes to a buffer and
 * knows no socket. Used by one thread.
 */
public interface FramePrinter {

    /** The frames that open a stream before the first event, if the dialect has any. */
    void open(ByteArrayOutputStream out);

    void event(AnswerEvent event, ByteArrayOutputStream out);

    /**
     * An event without content that keeps clients and proxies waiting; no comment, which some readers drop with what
     * follows.
     */
    void heartbeat(ByteArrayOutputStream out);

    /** The error with which a stream ends that has begun. */
    void fail(Problem problem, ByteArrayOutputStream out);

    /** The frames that end a complete stream. */
    void done(ByteArrayOutputStream out);
}
