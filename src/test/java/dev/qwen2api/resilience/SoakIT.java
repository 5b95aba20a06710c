package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.FaultPlan;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import dev.qwen2api.fakeqwen.WireFaults;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mixed faults for a long time, and now and then one of the worst client's attacks: an answer is the right one or an
 * honest failure, and nothing grows. An hour in the full form, or as many as {@code -Dsoak.hours} or {@code
 * -Dsoak.minutes} says; {@code -Dsoak.jvm} replaces {@code -Xmx96m}.
 */
@Timeout(value = 100, unit = TimeUnit.HOURS)
class SoakIT {

    private static final int CLIENTS = 8;
    private static final String TEXT = "one two three four";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final AtomicLong right = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private static Duration length() {
        Integer minutes = Integer.getInteger("soak.minutes");
        if (minutes != null) {
            return Duration.ofMinutes(minutes);
        }
        Double hours = Double.valueOf(System.getProperty("soak.hours", "1"));
        return Scale.of(0, 1) == 0 ? Duration.ofSeconds(12) : Duration.ofSeconds((long) (hours * 3600));
    }

    private static Fault harm(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> Refusals.unauthorized401().once();
            case 1 -> Refusals.http500().times(2);
            case 2 -> Refusals.wafHtml().once();
            case 3 -> StreamFaults.resetAfterText(random.nextInt(4));
            case 4 -> StreamFaults.cleanEndWithoutFinished(random.nextInt(4));
            case 5 -> StreamFaults.errorFrameAfterText(random.nextInt(4), "internal_error");
            case 6 -> WireFaults.resetAtByte(random.nextInt(1500));
            case 7 -> WireFaults.endAtByte(random.nextInt(1500));
            case 8 -> StreamFaults.stallAfterText(1).times(2);
            case 9 -> WireFaults.splitAt(1 + random.nextInt(500), 600 + random.nextInt(500));
            case 10 -> Refusals.rateLimited(1).once();
            default -> StreamFaults.garbage();
        };
    }

    @Test
    void nothing_grows_and_no_answer_is_wrong() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS + 1);
        var settings = Map.of(
                "API_KEY", JarUnderTest.KEY + "," + WorstClient.KEY,
                "FIRST_BYTE_TIMEOUT_SECONDS", "2",
                "IDLE_TIMEOUT_SECONDS", "2");
        try (JarUnderTest jarUnderTest =
                new JarUnderTest(folder, 4, settings, System.getProperty("soak.jvm", "-Xmx96m"))) {
            jarUnderTest.fake.script().whenAsked("count", Answer.empty().chunks("one ", "two ", "three ", "four"));
            WorstClient.script(jarUnderTest.fake);
            var worst = new WorstClient(URI.create(jarUnderTest.jar.baseUrl()));
            long end = System.nanoTime() + length().toNanos();
            long settled = System.nanoTime() + length().toNanos() / 3;
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < CLIENTS; i++) {
                long seed = i;
                running.add(clients.submit(() -> chatUntil(end, jarUnderTest, new Random(seed))));
            }
            running.add(clients.submit(() -> attackUntil(end, worst)));
            harmUntil(settled, jarUnderTest);
            long heap = jarUnderTest.heapMegabytes();
            Vitals early = vitals(jarUnderTest);
            harmUntil(end, jarUnderTest);
            for (Future<?> each : running) {
                each.get(3, TimeUnit.MINUTES);
            }
            jarUnderTest.heal();
            jarUnderTest.assertServes();
            TimeUnit.SECONDS.sleep(10);
            long left = jarUnderTest.heapMegabytes();
            System.out.printf(
                    "%s right answers, %s failures; the worst client: %s%n%s, heap %d MB became %s, heap %d MB%n",
                    right, failed, worst.outcomes(), early, heap, vitals(jarUnderTest), left);
            worst.outcomes().forEach((attack, met) -> assertTrue(!met.containsKey(500), attack + ": " + met));
            assertTrue(left <= heap + 24, heap + " MB of heap became " + left);
            assertTrue(right.get() > 50, right + " right answers, " + failed + " failures");
            assertFlat(early, jarUnderTest);
        } finally {
            clients.shutdownNow();
        }
    }

    private static void harmUntil(long end, JarUnderTest jarUnderTest) throws Exception {
        var random = new Random(11);
        while (System.nanoTime() < end) {
            try (FaultPlan.Placed harm = jarUnderTest
                    .fake
                    .faults()
                    .add(harm(random).forAccount(jarUnderTest.users.get(random.nextInt(4))))) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
            jarUnderTest.heal();
        }
    }

    private static Object attackUntil(long end, WorstClient worst) throws Exception {
        var random = new Random(7);
        var attacks = List.copyOf(worst.attacks().values());
        while (System.nanoTime() < end) {
            attacks.get(random.nextInt(attacks.size())).go(random);
            TimeUnit.SECONDS.sleep(2);
        }
        return worst;
    }

    private Object chatUntil(long end, JarUnderTest jarUnderTest, Random random) throws Exception {
        while (System.nanoTime() < end) {
            boolean stream = random.nextBoolean();
            judge(jarUnderTest.chat("count", stream), stream);
        }
        return right;
    }

    private void judge(World.Reply reply, boolean stream) {
        String what = reply.toString();
        if (reply.status == 200 && reply.errorCode().isEmpty()) {
            assertEquals(TEXT, reply.text(), what);
            assertEquals(stream, reply.isDone(), what);
            right.incrementAndGet();
        } else {
            assertTrue(TEXT.startsWith(reply.text()), what);
            assertTrue(!reply.isDone() && !reply.errorCode().isEmpty(), what);
            assertTrue(!reply.errorCode().equals("internal_error"), what);
            failed.incrementAndGet();
        }
    }

    private static Vitals vitals(JarUnderTest jarUnderTest) throws Exception {
        return Vitals.known() ? Vitals.of(jarUnderTest.jar.handle().pid()) : new Vitals(0, 0, 0);
    }

    private static void assertFlat(Vitals early, JarUnderTest jarUnderTest) throws Exception {
        Vitals late = vitals(jarUnderTest);
        String both = early + " became " + late;
        assertTrue(late.residentMegabytes() <= early.residentMegabytes() + 60, both);
        assertTrue(late.threads() <= early.threads() + 30, both);
        assertTrue(late.descriptors() <= early.descriptors() + 30, both);
    }
}
