package dev.qwen2api.http;

import dev.qwen2api.failure.Problem;

/** The reply to who waits for pictures or a video: all of it, or a problem. */
record OneReply(ClientOutput out) implements Ending {

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
