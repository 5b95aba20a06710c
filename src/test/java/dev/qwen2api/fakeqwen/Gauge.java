package dev.qwen2api.fakeqwen;

import java.util.concurrent.atomic.AtomicInteger;

/** How many run now, and how many ever ran at once. Safe for use by several threads. */
final class Gauge {
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Signal changes;

    Gauge(Signal changes) {
        this.changes = changes;
    }

    void up() {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        changes.changed();
    }

    void down() {
        now.decrementAndGet();
        changes.changed();
    }

    int now() {
        return now.get();
    }

    int most() {
        return most.get();
    }
}
