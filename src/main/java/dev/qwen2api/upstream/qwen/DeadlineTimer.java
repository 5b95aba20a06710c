package dev.qwen2api.upstream.qwen;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes those who have waited long enough, all of them from one thread that looks around every {@value #TICK_MILLIS}
 * milliseconds while anybody is watched, and ends a while after the last one has left. Every time limit hangs on that
 * thread, so whatever ends it out of turn, a full heap included, brings the next one. Thread-safe.
 */
final class DeadlineTimer {

    private static final Logger LOG = LoggerFactory.getLogger(DeadlineTimer.class);
    private static final long TICK_MILLIS = 25;
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private final Set<Waiter> watched = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Thread> ticking = new AtomicReference<>();

    /** Waits for something, until a deadline of its own. */
    interface Waiter {

        /** Wakes its thread if the deadline is over at {@code now}, a time of {@link DeadlineTimer#now()}. */
        void wakeIfLate(long now);
    }

    DeadlineTimer(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Monotonic nanoseconds, by which all deadlines are set. */
    long now() {
        return nanoTime.getAsLong();
    }

    void watch(Waiter waiter) {
        watched.add(waiter);
        begin();
    }

    private void begin() {
        if (ticking.get() == null) {
            var thread = new Thread(this::tick, "alarm");
            thread.setDaemon(true);
            if (ticking.compareAndSet(null, thread)) {
                thread.start();
            }
        }
    }

    void forget(Waiter waiter) {
        watched.remove(waiter);
    }

    private void tick() {
        try {
            lookAround();
        } finally {
            ticking.set(null);
            // Somebody may have come between the last look and this line.
            if (!watched.isEmpty()) {
                begin();
            }
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
