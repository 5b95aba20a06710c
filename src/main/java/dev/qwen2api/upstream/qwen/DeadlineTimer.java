package dev.qwen2api.upstream.qwen;

import dev.qwen2api.config.DaemonThreads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes waiters whose deadline is over, all of them from one thread that looks every {@value #TICK_MILLIS}
 * milliseconds and ends a while after the last waiter has left. Every time limit depends on that thread, so no error
 * ends it while anything waits. Thread-safe.
 */
final class DeadlineTimer {

    private static final Logger LOG = LoggerFactory.getLogger(DeadlineTimer.class);
    private static final long TICK_MILLIS = 25;
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private final Set<Waiter> watched = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Thread> ticking = new AtomicReference<>();
    private final ThreadFactory threads;

    DeadlineTimer(LongSupplier nanoTime) {
        this(nanoTime, DaemonThreads.named("deadlines"));
    }

    DeadlineTimer(LongSupplier nanoTime, ThreadFactory threads) {
        this.nanoTime = nanoTime;
        this.threads = threads;
    }

    /** Waits for something, until a deadline of its own. */
    interface Waiter {

        /** Wakes its thread if the deadline is over at {@code now}, a time of {@link DeadlineTimer#now()}. */
        void wakeIfLate(long now);
    }

    /** Monotonic nanoseconds, by which all deadlines are set. */
    long now() {
        return nanoTime.getAsLong();
    }

    /**
     * Watches a waiter until it is forgotten.
     *
     * @throws OutOfMemoryError if no thread can be started; the waiter is not watched then, and the next call tries
     *     again
     */
    void watch(Waiter waiter) {
        watched.add(waiter);
        if (ticking.get() != null) {
            return;
        }
        Thread thread = null;
        try {
            thread = threads.newThread(this::tick);
            if (ticking.compareAndSet(null, thread)) {
                thread.start();
            }
        } catch (RuntimeException | Error unstarted) {
            ticking.compareAndSet(thread, null);
            watched.remove(waiter);
            throw unstarted;
        }
    }

    void forget(Waiter waiter) {
        watched.remove(waiter);
    }

    /** Goes on in the same thread if a waiter came between the last look and the end: another might not start. */
    private void tick() {
        do {
            survive(this::lookAround);
            ticking.set(null);
        } while (!watched.isEmpty() && ticking.compareAndSet(null, Thread.currentThread()));
    }

    /** A full heap passes, and the deadlines stay. */
    private static void survive(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error broken) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
        }
    }

    private void lookAround() {
        long busy = now();
        for (long now = busy; now - busy < LINGER_NANOS; now = now()) {
            for (Waiter waiter : watched) {
                wake(waiter, now);
            }
            busy = watched.isEmpty() ? busy : now;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
        }
    }

    private static void wake(Waiter waiter, long now) {
        try {
            waiter.wakeIfLate(now);
        } catch (RuntimeException bug) {
            LOG.error("[HTTP] a waiting request could not be woken", bug);
        }
    }
}
