package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How it ends when it is told to, and how it fares when there is not enough of something. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ShutdownIT {

    private static final int CLIENTS = Scale.of(16, 64);
    private static final Answer SLOW =
            Answer.empty().chunks("one ", "two ", "three ", "four").delayPerChunk(Duration.ofMillis(400));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void told_to_end_under_load_it_finishes_what_runs_and_refuses_what_comes() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (JarUnderTest jarUnderTest =
                new JarUnderTest(folder, 2, Map.of("ACCOUNT_MAX_CONCURRENT", "0", "SHUTDOWN_GRACE_SECONDS", "20"))) {
            jarUnderTest.fake.script().whenAsked("slowly", SLOW);
            List<Future<World.Reply>> running = all(clients, () -> jarUnderTest.chat("slowly", true));
            for (String user : jarUnderTest.users) {
                assertTrue(jarUnderTest.fake.recorder().awaitRunning(user, CLIENTS / 2, Duration.ofSeconds(20)));
            }
            jarUnderTest.jar.terminate();
            jarUnderTest.jar.awaitLog("[HTTP] ");
            String late = late(jarUnderTest);
            for (Future<World.Reply> each : running) {
                World.Reply reply = each.get(30, TimeUnit.SECONDS);
                assertEquals("one two three four", reply.text(), reply.toString());
                assertTrue(reply.isDone(), reply.toString());
            }
            assertTrue(late.equals("503") || late.equals("refused"), late);
            assertEquals(0, jarUnderTest.jar.awaitExit(), jarUnderTest.tail());
        } finally {
            clients.shutdownNow();
        }
    }

    /** What a client meets that comes while the gateway ends. */
    private static String late(JarUnderTest jarUnderTest) throws InterruptedException {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                World.Reply reply =
                        jarUnderTest.send(jarUnderTest.request("/v1/models").build());
                if (reply.status != 200) {
                    return Integer.toString(reply.status);
                }
            } catch (IOException refused) {
                return "refused";
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return "served";
    }

    @Test
    void on_a_small_heap_it_sheds_load_before_it_dies() throws Exception {
        int many = Scale.of(200, 500);
        ExecutorService clients = Executors.newFixedThreadPool(many);
        try (JarUnderTest jarUnderTest =
                new JarUnderTest(folder, 2, Map.of("ACCOUNT_MAX_CONCURRENT", "0"), "-Xmx64m")) {
            jarUnderTest.fake.script().whenAsked("slowly", SLOW);
            var running = new ArrayList<Future<World.Reply>>();
            for (int i = 0; i < many; i++) {
                running.add(clients.submit(() -> jarUnderTest.chat("slowly " + "x".repeat(78_000), true)));
            }
            int served = 0;
            for (Future<World.Reply> each : running) {
                World.Reply reply = each.get(60, TimeUnit.SECONDS);
                assertTrue(reply.status == 200 && reply.isDone() || reply.status == 503, reply.toString());
                served += reply.status == 200 ? 1 : 0;
            }
            assertTrue(served >= many / 4, served + " of " + many + " were served");
            assertTrue(jarUnderTest.jar.handle().isAlive(), jarUnderTest.tail());
            assertTrue(
                    jarUnderTest.jar.log().stream().noneMatch(line -> line.contains("OutOfMemory")),
                    jarUnderTest.tail());
            jarUnderTest.assertServes();
        } finally {
            clients.shutdownNow();
        }
    }

    private static <T> List<Future<T>> all(ExecutorService clients, Callable<T> work) {
        var running = new ArrayList<Future<T>>();
        for (int i = 0; i < CLIENTS; i++) {
            running.add(clients.submit(work));
        }
        return running;
    }
}
