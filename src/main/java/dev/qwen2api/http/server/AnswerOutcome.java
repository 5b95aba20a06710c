package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;

/** An answer on its way to a real client, as far as its end is concerned. Used by one thread. */
public interface AnswerOutcome {

    /** Ends with a failure, unless it has ended. */
    void fail(Problem problem);

    /** Whether nothing more can be sent: the answer is complete, has failed, or nobody is there to take it. */
    boolean hasEnded();

    /** Whether the client is known to have hung up. */
    boolean clientGone();
}
