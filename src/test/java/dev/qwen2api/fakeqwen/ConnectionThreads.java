package dev.qwen2api.fakeqwen;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One thread per connection: virtual from Java 21 on, a cached daemon thread before. */
final class ConnectionThreads {
    private static final int FIRST_WITH_VIRTUAL = 21;

    private ConnectionThreads() {}

    static ExecutorService open() {
        if (Runtime.version().feature() >= FIRST_WITH_VIRTUAL) {
            return virtual();
        }
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "fake-qwen");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static ExecutorService virtual() {
        try {
            return (ExecutorService) MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class))
                    .invoke();
        } catch (Throwable missing) {
            throw new IllegalStateException(missing);
        }
    }
}
