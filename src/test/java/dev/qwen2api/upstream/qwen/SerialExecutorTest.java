package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

    @Test
    void tasks_run_in_the_order_in_which_they_came_even_if_one_fails() throws Exception {
        var pool = Executors.newFixedThreadPool(8);
        try {
            var serial = new SerialExecutor(pool);
            List<Integer> order = new CopyOnWriteArrayList<>();
            var done = new CountDownLatch(2_000);
            IntStream.range(0, 2_000)
                    .forEach(i -> serial.execute(() -> {
                        order.add(i);
                        done.countDown();
                        if (i == 7) {
                            throw new IllegalStateException("for the test");
                        }
                    }));
            assertEquals(true, done.await(20, TimeUnit.SECONDS));
            assertEquals(IntStream.range(0, 2_000).boxed().toList(), order);
        } finally {
            pool.shutdownNow();
        }
    }
}
