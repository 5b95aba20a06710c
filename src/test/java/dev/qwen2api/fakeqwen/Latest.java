package dev.qwen2api.fakeqwen;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The newest things, oldest first, up to a limit; none with limit 0. Safe for use by several threads. */
final class Latest<T> {
    private final int limit;
    private final Queue<T> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    Latest(int limit) {
        this.limit = limit;
    }

    void add(T next) {
        if (limit == 0) {
            return;
        }
        queue.add(next);
        if (size.incrementAndGet() > limit && queue.poll() != null) {
            size.decrementAndGet();
        }
    }

    List<T> all() {
        return List.copyOf(queue);
    }

    int size() {
        return size.get();
    }

    void clear() {
        while (queue.poll() != null) {
            size.decrementAndGet();
        }
    }
}
