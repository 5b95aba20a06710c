package dev.qwen2api.http.server;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Sizes the server's threads: every request holds one from its first byte to its last. Where the JVM has virtual
 * threads those carry the requests, and a few platform threads select and accept; on Java 17 the pool holds them all.
 */
final class ServerThreads {

    private static final int SELECTING = 16;
    /** Requests of routes without a key that may run at once. */
    static final int OPEN = 16;

    /** Refused requests whose bodies may be read to their end at once. */
    static final int DISCARDING = 16;

    /** For probes, and for refusals, which are over at once. */
    private static final int SPARE = 16;

    private static final int KEPT = 4;
    private static final int FEWEST = 64;
    private static final int MOST = 10_000;
    private static final int MOST_PLATFORM = 1_000;

    /**
     * An open stream holds about 45 KB of heap (measured with 1,000 on Java 25); the rest is room for what else is
     * needed.
     */
    private static final long HEAP_PER_VIRTUAL = 64 * 1024;

    /** A platform thread has a stack beside the heap, and there is memory for few where the heap is small. */
    private static final long HEAP_PER_PLATFORM = 512 * 1024;

    private static final Duration UNUSED = Duration.ofSeconds(10);

    /** What still runs when the server stops has been waited for and interrupted before. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);

    private ServerThreads() {}

    /** The default limit of concurrent requests for this heap: on Java 17 each costs a platform thread. */
    static int sensibleLimit() {
        return sensibleLimit(Runtime.getRuntime().maxMemory(), virtual().isPresent());
    }

    static int sensibleLimit(long heap, boolean virtual) {
        long room = heap / (virtual ? HEAP_PER_VIRTUAL : HEAP_PER_PLATFORM);
        return (int) Math.max(FEWEST, Math.min(room, virtual ? MOST : MOST_PLATFORM));
    }

    /**
     * A pool with room for {@code requests} beside what Jetty needs for itself, what needs no key, and probes. {@link
     * RequestLimiter} lets no more in, so there is always a thread left to refuse with; Jetty warns against bounding
     * the queue, and nothing waits in it for long.
     */
    static QueuedThreadPool pool(int requests) {
        Optional<Executor> virtual = virtual();
        int most = virtual.isPresent() ? SELECTING : SELECTING + requests + OPEN + DISCARDING + SPARE;
        var pool = new QueuedThreadPool(most, KEPT, Math.toIntExact(UNUSED.toMillis()));
        // Jetty ends one unused thread at a time otherwise, which takes hours after a crowd.
        pool.setMaxEvictCount(most);
        virtual.ifPresent(pool::setVirtualThreadsExecutor);
        pool.setStopTimeout(LAST_WAIT.toMillis());
        pool.setName("http");
        return pool;
    }

    private static Optional<Executor> virtual() {
        return Optional.ofNullable(VirtualThreads.getDefaultVirtualThreadsExecutor());
    }
}
