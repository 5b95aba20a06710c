package dev.qwen2api.upstream.qwen;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes those who have waited long enough, all of them from one thread that looks around every {@value #TICK_MILLIS}
 * milliseconds while anybody is watched, and ends a while after the last one has left. Every time limit hangs on that thread, so
 * whatever ends it out of turn, a full heap included, brings the next one. Thread-safe.
 */
final class DeadlineTimer {

    private static final Logger LOG = LoggerFactory.getLogger(DeadlineTimer.class);
    private static final long TICK_MILLIS = 25;
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Set<AttemptEvents> watched = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Thread> ticking = new AtomicReference<>();

    void watch(AttemptEvents attemptEvents) {
        watched.add(attemptEvents);
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

    void forget(AttemptEvents attemptEvents) {
        watched.remove(attemptEvents);
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
        long busy = System.nanoTime();
        for (long now = busy; now - busy < LINGER_NANOS; now = System.nanoTime()) {
            for (AttemptEvents attemptEvents : watched) {
                wake(attemptEvents, now);
            }
            busy = watched.isEmpty() ? busy : now;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
        }
    }

    private static void wake(AttemptEvents attemptEvents, long now) {
        try {
            attemptEvents.wakeIfLate(now);
        } catch (RuntimeException bug) {
            LOG.error("[HTTP] a waiting request could not be woken", bug);
        }
    }
}
