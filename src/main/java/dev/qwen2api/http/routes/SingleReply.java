package dev.qwen2api.http.routes;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.http.server.AnswerOutcome;
import dev.qwen2api.http.server.ClientOutput;

/** The reply to who waits for pictures or a video: all of it, or a problem. */
record SingleReply(ClientOutput out) implements AnswerOutcome {

    @Override
    public void fail(Problem problem) {
        if (!out.hasEnded()) {
            out.refuse(problem);
        }
    }

    @Override
    public boolean hasEnded() {
        return out.hasEnded();
    }

    @Override
    public boolean clientGone() {
        return out.clientGone();
    }
}
