package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;

/** How a response to a client ends. Used by one thread. */
public interface AnswerOutcome {

    /** Ends with a failure, unless it has ended. */
    void fail(Problem problem);

    /** Whether nothing more can be sent: the answer is complete, has failed, or the client has left. */
    boolean hasEnded();

    /** Whether the client is known to have hung up. */
    boolean clientGone();
}
