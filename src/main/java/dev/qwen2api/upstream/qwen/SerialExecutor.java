package dev.qwen2api.upstream.qwen;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Runs tasks one after another, in the order in which they came, on the threads of another executor. Thread-safe. */
public final class SerialExecutor implements Executor {

    private final Executor threads;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    public SerialExecutor(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (waiting) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        start();
    }

    private void start() {
        boolean started = false;
        try {
            threads.execute(this::runNext);
            started = true;
        } finally {
            if (!started) {
                synchronized (waiting) {
                    running = false;
                }
            }
        }
    }

    /** One task a turn, so that an exception of a task ends nothing but its own turn. */
    private void runNext() {
        Runnable task;
        synchronized (waiting) {
            task = waiting.remove();
        }
        try {
            task.run();
        } finally {
            boolean more;
            synchronized (waiting) {
                more = !waiting.isEmpty();
                running = more;
            }
            if (more) {
                start();
            }
        }
    }
}
