package dev.qwen2api.qwen;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those who have waited long enough, all of them from one thread that looks around every {@value #TICK_MILLIS}
 * milliseconds while anybody is watched, and ends a while after the last one has left. Thread-safe.
 */
final class Alarm {

    private static final long TICK_MILLIS = 25;
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Set<Inbox> watched = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Thread> ticking = new AtomicReference<>();

    void watch(Inbox inbox) {
        watched.add(inbox);
        if (ticking.get() == null) {
            var thread = new Thread(this::tick, "alarm");
            thread.setDaemon(true);
            if (ticking.compareAndSet(null, thread)) {
                thread.start();
            }
        }
    }

    void forget(Inbox inbox) {
        watched.remove(inbox);
    }

    private void tick() {
        long busy = System.nanoTime();
        for (long now = busy; now - busy < LINGER_NANOS; now = System.nanoTime()) {
            for (Inbox inbox : watched) {
                inbox.wakeIfLate(now);
            }
            busy = watched.isEmpty() ? busy : now;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
        }
        ticking.set(null);
        // Somebody may have come between the last look and this line.
        watched.stream().findAny().ifPresent(this::watch);
    }
}
