package dev.qwen2api.http;

import dev.qwen2api.failure.Problem;

/** The one reply to a wish for pictures. */
record ImageOutput(ClientOutput out) implements Ending {

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
