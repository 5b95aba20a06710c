package dev.qwen2api.chat;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Sends heartbeats while the upstream is silent, and notices a client that has left. */
public final class ClientHeartbeat {

    private final AnswerSink sink;
    private final RequestTimeouts requestTimeouts;
    private final LongSupplier nanoTime;
    private long lastSent;
    private long lastLook;

    public ClientHeartbeat(AnswerSink sink, RequestTimeouts requestTimeouts, LongSupplier nanoTime) {
        this.sink = sink;
        this.requestTimeouts = requestTimeouts;
        this.nanoTime = nanoTime;
        this.lastSent = nanoTime.getAsLong();
        this.lastLook = lastSent;
    }

    /** Something was sent to the client just now. */
    public void sent() {
        lastSent = nanoTime.getAsLong();
    }

    /** Longest time that may pass until {@link #beat()} must be called again. */
    public Duration next() {
        if (requestTimeouts.heartbeat().isZero()) {
            return requestTimeouts.probe();
        }
        Duration untilHeartbeat = requestTimeouts.heartbeat().minusNanos(nanoTime.getAsLong() - lastSent);
        return Durations.atLeastZero(Durations.shorter(untilHeartbeat, requestTimeouts.probe()));
    }

    /**
     * Probes the client where the last probe is long enough ago: for turns in which there was something to print,
     * which does not mean that anything was sent.
     *
     * @throws ClientGoneException when the client hung up
     */
    public void look() {
        if (nanoTime.getAsLong() - lastLook >= requestTimeouts.probe().toNanos()) {
            probe();
        }
    }

    private void probe() {
        lastLook = nanoTime.getAsLong();
        if (sink.clientGone()) {
            throw new ClientGoneException();
        }
    }

    /**
     * Probes the client, and sends a heartbeat if one is due.
     *
     * @throws ClientGoneException when the client hung up
     */
    public void beat() {
        probe();
        Duration every = requestTimeouts.heartbeat();
        if (!every.isZero() && nanoTime.getAsLong() - lastSent >= every.toNanos()) {
            sink.heartbeat();
            sent();
        }
    }
}
