package dev.qwen2api.chat;

import dev.qwen2api.failure.Problem;

/**
 * Where an answer goes that is already in the client's wire format. Used by one thread. Every method may throw
 * {@link ClientGoneException}.
 */
public interface RelaySink extends ClientConnection {

    /**
     * Tells with whose credential the request is tried now, for the log and the client. May be called several times.
     */
    void trying(String credential);

    /**
     * Prints the data of one event of a stream; the first one is the commit point. Needs not arrive before {@link
     * #flush()}.
     */
    void frame(byte[] data);

    /** Sends what has been printed. */
    void flush();

    /** Ends a stream in good order. */
    void done();

    /** Sends an answer that is no stream, and ends with it. */
    void whole(byte[] body);

    /** Tells what the answer cost, for the log. */
    void cost(AnswerEvent.Usage usage);

    /** Ends with what the upstream said: its status where none was sent yet, else an error in the stream. */
    void refuse(RelayedError error);

    /** Ends with a failure of our own, in the same way. */
    void fail(Problem problem);
}
