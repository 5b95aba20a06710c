package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Limits concurrent requests, and lets shutdown wait for them. Thread-safe. */
public final class RequestLimiter {

    private final Set<Thread> answering = new HashSet<>();
    private final int limit;
    private int inside;
    private boolean closing;

    RequestLimiter(int limit) {
        this.limit = limit;
    }

    /** Counts one request in, or returns why it is refused; each one counted in must {@link #leave()} once. */
    synchronized Optional<Problem> enter() {
        Optional<Problem> refusal = refusal();
        if (refusal.isEmpty()) {
            inside++;
        }
        return refusal;
    }

    synchronized void leave() {
        inside--;
        if (inside == 0) {
            notifyAll();
        }
    }

    /** Why new requests are refused at present; empty below the limit. */
    public synchronized Optional<Problem> refusal() {
        if (closing) {
            return Optional.of(shuttingDown());
        }
        return inside >= limit ? Optional.of(full()) : Optional.empty();
    }

    /** The number of requests in flight. */
    public synchronized int inside() {
        return inside;
    }

    /** How many of them wait for an answer, or are being sent one. */
    public synchronized int answers() {
        return answering.size();
    }

    /** Refuses all requests from now on. */
    synchronized void close() {
        closing = true;
    }

    /** Waits until no request is in flight; returns how many are when {@code timeout} is over. */
    synchronized int awaitQuiet(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        for (long left = timeout.toNanos(); inside > 0 && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return inside;
    }

    /** Marks the calling thread as waiting for an answer, until the mark is closed: such threads may be interrupted. */
    public synchronized Mark answering() {
        Thread thread = Thread.currentThread();
        answering.add(thread);
        return () -> {
            synchronized (this) {
                answering.remove(thread);
            }
        };
    }

    /** Interrupts every thread that waits for an answer. */
    synchronized void interrupt() {
        answering.forEach(Thread::interrupt);
    }

    private Problem full() {
        return Problem.retryable(
                ProblemKind.OVERLOADED,
                "The gateway is answering " + limit + " requests, its most. Try again in a moment.",
                Duration.ofSeconds(1));
    }

    public static Problem shuttingDown() {
        return Problem.retryable(
                ProblemKind.SHUTTING_DOWN, "The gateway is shutting down. Try again shortly.", Duration.ofSeconds(5));
    }

    /** To be closed by the thread that got it. */
    public interface Mark extends AutoCloseable {
        @Override
        void close();
    }
}
