package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeadlineTimerTest {

    /** A thread that cannot be started, as on a machine without memory for its stack. */
    private static final class Unstartable extends Thread {
        @Override
        public void start() {
            throw new OutOfMemoryError("unable to create native thread");
        }
    }

    @Test
    void a_thread_that_could_not_be_started_is_started_by_the_next_wait() throws Exception {
        var full = new AtomicBoolean(true);
        var timer = new DeadlineTimer(System::nanoTime, task -> {
            var thread = full.get() ? new Unstartable() : new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        assertThrows(OutOfMemoryError.class, () -> timer.watch(now -> {}));

        full.set(false);
        var woken = new CountDownLatch(1);
        timer.watch(now -> woken.countDown());
        assertTrue(woken.await(10, TimeUnit.SECONDS));
    }

    @Test
    void an_error_of_one_wait_ends_no_other() throws Exception {
        var threads = new AtomicInteger();
        var timer = new DeadlineTimer(System::nanoTime, task -> {
            threads.incrementAndGet();
            var thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        var failed = new CountDownLatch(3);
        timer.watch(now -> {
            failed.countDown();
            throw new OutOfMemoryError("for the test");
        });
        assertTrue(failed.await(10, TimeUnit.SECONDS));
        assertTrue(threads.get() == 1, threads + " threads");
    }
}
