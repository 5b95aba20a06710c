package dev.qwen2api.upstream.qwen;

import dev.qwen2api.config.DaemonThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs callbacks of the HTTP client on virtual threads (Java 21 and later) or a pool of daemons. Thread-safe. */
public final class BackgroundThreads implements Executor, AutoCloseable {

    private static final long KEEP_SECONDS = 30;

    /**
     * With a common pool of parallelism 1, as on one or two processors, {@code CompletableFuture} before JDK 25 starts
     * a platform thread for each asynchronous step. The property is read once, when the pool is first used.
     */
    private static final String COMMON_POOL = "java.util.concurrent.ForkJoinPool.common.parallelism";

    private final ExecutorService pool = virtual();

    public BackgroundThreads() {
        boolean few = Runtime.getRuntime().availableProcessors() <= 2;
        if (few && System.getProperty(COMMON_POOL) == null) {
            System.setProperty(COMMON_POOL, "2");
        }
    }

    /** Uses reflection, since the code is compiled for Java 17. */
    private static ExecutorService virtual() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException before21) {
            return new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    KEEP_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    DaemonThreads.named("upstream"));
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
