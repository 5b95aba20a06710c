package dev.qwen2api.qwen;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which replies arrive: virtual ones where the JVM has them (21 and later), pooled ones on Java 17. All are
 * daemons. Thread-safe.
 */
public final class BackgroundThreads implements Executor, AutoCloseable {

    private static final long KEEP_SECONDS = 30;

    private final ExecutorService pool = virtual();

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
