package dev.qwen2api.chat;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Keeps a silent client connected, and notices when it is not: heartbeats and probes while there is nothing to say. */
final class Pulse {

    private final AnswerSink sink;
    private final Timing timing;
    private final LongSupplier nanoTime;
    private long lastSent;

    Pulse(AnswerSink sink, Timing timing, LongSupplier nanoTime) {
        this.sink = sink;
        this.timing = timing;
        this.nanoTime = nanoTime;
        this.lastSent = nanoTime.getAsLong();
    }

    /** Something was sent to the client just now. */
    void sent() {
        lastSent = nanoTime.getAsLong();
    }

    /** Longest time that may pass until {@link #beat()} must be called again. */
    Duration next() {
        if (timing.heartbeat().isZero()) {
            return timing.probe();
        }
        Duration untilHeartbeat = timing.heartbeat().minusNanos(nanoTime.getAsLong() - lastSent);
        return Durations.atLeastZero(Durations.shorter(untilHeartbeat, timing.probe()));
    }

    /**
     * Probes the client, and sends a heartbeat if one is due.
     *
     * @throws ClientGoneException when the client hung up
     */
    void beat() {
        if (sink.clientGone()) {
            throw new ClientGoneException();
        }
        boolean due = !timing.heartbeat().isZero()
                && nanoTime.getAsLong() - lastSent >= timing.heartbeat().toNanos();
        if (due) {
            sink.heartbeat();
            sent();
        }
    }
}
