package dev.qwen2api.chat;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The limits of upstream silence: one to the first byte, one between two steps of progress. */
public final class StreamTimeouts {

    private final RequestTimeouts requestTimeouts;
    private final LongSupplier nanoTime;
    private Duration limit;
    private long since;
    private boolean alive;

    public StreamTimeouts(RequestTimeouts requestTimeouts, LongSupplier nanoTime) {
        this.requestTimeouts = requestTimeouts;
        this.nanoTime = nanoTime;
        this.limit = requestTimeouts.firstByte();
        this.since = nanoTime.getAsLong();
    }

    /**
     * Takes in what one wait brought. A first sign of life and every event renew the timeout; a keep-alive does not.
     */
    public void note(AnswerStream.Progress progress) {
        boolean renews = progress == AnswerStream.Progress.EVENTS || progress == AnswerStream.Progress.ALIVE && !alive;
        if (renews) {
            alive = true;
            limit = requestTimeouts.idle();
            since = nanoTime.getAsLong();
        }
    }

    /** What is left, at least zero. */
    public Duration left() {
        return Durations.atLeastZero(limit.minusNanos(nanoTime.getAsLong() - since));
    }

    /** Ends the wait when nothing is left. */
    public void check() throws UpstreamException {
        if (left().isZero()) {
            String what = alive ? "the answer stood still for " : "no sign of an answer for ";
            throw new UpstreamException(Failure.of(FailureKind.SILENT, what + limit.toSeconds() + " s"));
        }
    }
}
