package dev.qwen2api.chat;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Keeps a silent client connected, and notices when it is not: heartbeats and probes while there is nothing to say. */
public final class Pulse {

    private final Client client;
    private final Timing timing;
    private final LongSupplier nanoTime;
    private long lastSent;

    public Pulse(Client client, Timing timing, LongSupplier nanoTime) {
        this.client = client;
        this.timing = timing;
        this.nanoTime = nanoTime;
        this.lastSent = nanoTime.getAsLong();
    }

    /** Something was sent to the client just now. */
    public void sent() {
        lastSent = nanoTime.getAsLong();
    }

    /** Longest time that may pass until {@link #beat()} must be called again. */
    public Duration next() {
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
    public void beat() {
        if (client.clientGone()) {
            throw new ClientGoneException();
        }
        boolean due = !timing.heartbeat().isZero()
                && nanoTime.getAsLong() - lastSent >= timing.heartbeat().toNanos();
        if (due) {
            client.heartbeat();
            sent();
        }
    }
}
