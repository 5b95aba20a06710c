package dev.qwen2api.upstream.qwen;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which replies arrive: virtual ones where the JVM has them (21 and later), pooled ones on Java 17. All
 * are daemons. Thread-safe.
 */
public final class BackgroundThreads implements Executor, AutoCloseable {

    private static final long KEEP_SECONDS = 30;

    /**
     * On one or two processors the JDK before 25 starts a platform thread for every reply that arrives, unless the
     * pool for such things is told to have two. Heard only before anything asynchronous has begun.
     */
    private static final String COMMON_POOL = "java.util.concurrent.ForkJoinPool.common.parallelism";

    private final ExecutorService pool = virtual();

    public BackgroundThreads() {
        boolean few = Runtime.getRuntime().availableProcessors() <= 2;
        if (few && System.getProperty(COMMON_POOL) == null) {
            System.setProperty(COMMON_POOL, "2");
        }
    }

    /** Calls what Java 17 has no name for; there it does without. */
    private static ExecutorService virtual() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException before21) {
            return new ThreadPoolExecutor(
                    0, Integer.MAX_VALUE, KEEP_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                        var thread = new Thread(task, "upstream");
                        thread.setDaemon(true);
                        return thread;
                    });
        }
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
