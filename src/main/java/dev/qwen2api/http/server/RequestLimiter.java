package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Limits concurrent requests, and lets shutdown wait for them. Thread-safe. */
public final class RequestLimiter {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final Set<Thread> answering = new HashSet<>();
    private final int limit;
    private int inside;
    private boolean closing;

    RequestLimiter(int limit) {
        this.limit = limit;
    }

    /** Counts one request in, or returns why it is refused; each one counted in must {@link #leave()} once. */
    Optional<Problem> enter() {
        lock.lock();
        try {
            Optional<Problem> refusal = refusal();
            if (refusal.isEmpty()) {
                inside++;
            }
            return refusal;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inside--;
            if (inside == 0) {
                quiet.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isOpen() {
        lock.lock();
        try {
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    /** Why new requests are refused at present; empty below the limit. */
    public Optional<Problem> refusal() {
        lock.lock();
        try {
            if (closing) {
                return Optional.of(shuttingDown());
            }
            return inside >= limit ? Optional.of(full()) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** The number of requests in flight. */
    public int inside() {
        lock.lock();
        try {
            return inside;
        } finally {
            lock.unlock();
        }
    }

    /** How many of them wait for an answer, or are being sent one. */
    public int answers() {
        lock.lock();
        try {
            return answering.size();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all requests from now on. */
    void close() {
        lock.lock();
        try {
            closing = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no request is in flight; returns how many are when {@code patience} is over. */
    int awaitQuiet(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (inside > 0 && left > 0) {
                left = quiet.awaitNanos(left);
            }
            return inside;
        } finally {
            lock.unlock();
        }
    }

    /** Marks the calling thread as waiting for an answer, until the mark is closed: such threads may be interrupted. */
    public Mark answering() {
        Thread thread = Thread.currentThread();
        lock.lock();
        try {
            answering.add(thread);
        } finally {
            lock.unlock();
        }
        return () -> {
            lock.lock();
            try {
                answering.remove(thread);
            } finally {
                lock.unlock();
            }
        };
    }

    /** Interrupts every thread that waits for an answer. */
    void interrupt() {
        lock.lock();
        try {
            answering.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
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
