package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.Eventually;
import dev.qwen2api.World;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client with a valid key does its worst while another one chats. The process has the shipped flags and one
 * processor, and stays below 512 MB. As long as {@code -Dworst.seconds} says.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class WorstClientIT {

    private static final long MEMORY_MEGABYTES = 512;
    /** Stored responses are 8 million characters, and the JVM's own tables grow a little. */
    private static final long KEPT_MEGABYTES = 24;

    private static final Path TASKSET = Path.of("/usr/bin/taskset");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** How often others met each status. */
    private final Map<Integer, Integer> others = new TreeMap<>();

    private final List<Long> waits = new ArrayList<>();

    private static Duration length() {
        return Duration.ofSeconds(Integer.getInteger("worst.seconds", Scale.of(15, 60)));
    }

    @Test
    void others_are_served_or_told_to_come_again_and_ten_seconds_later_nothing_is_left() throws Exception {
        var settings = Map.of(
                "API_KEY", JarUnderTest.KEY + "," + WorstClient.KEY,
                "ACCOUNT_MAX_CONCURRENT", "0",
                "FIRST_BYTE_TIMEOUT_SECONDS", "120",
                "IDLE_TIMEOUT_SECONDS", "120");
        String options = "@" + Path.of("scripts/jvm.options").toAbsolutePath();
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 3, settings, options, "-XX:ActiveProcessorCount=1")) {
            confine(jarUnderTest.jar.handle().pid());
            WorstClient.script(jarUnderTest.fake);
            for (int i = 0; i < 20; i++) {
                jarUnderTest.assertServes();
            }
            long latency = latencyMillis(jarUnderTest);
            Vitals before = vitals(jarUnderTest);
            long heap = jarUnderTest.heapMegabytes();
            report("before", jarUnderTest, heap);
            attack(jarUnderTest);
            TimeUnit.SECONDS.sleep(10);
            long left = jarUnderTest.heapMegabytes();
            report("10 s after", jarUnderTest, left);
            System.out.println("latency: " + latency + " ms before, " + latencyMillis(jarUnderTest) + " ms after");
            assertTrue(jarUnderTest.jar.handle().isAlive(), jarUnderTest.tail());
            assertTrue(
                    jarUnderTest.jar.log().stream().noneMatch(line -> line.contains("OutOfMemory")),
                    jarUnderTest.tail());
            jarUnderTest.assertServes();
            assertTrue(left <= heap + KEPT_MEGABYTES, heap + " MB of heap became " + left);
            assertAsBefore(before, latency, jarUnderTest);
        }
    }

    /** One processor of the machine; where that cannot be had, the JVM alone believes that there is one. */
    private static void confine(long pid) throws Exception {
        if (Files.isExecutable(TASKSET)) {
            new ProcessBuilder(TASKSET.toString(), "-apc", "0", Long.toString(pid))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
    }

    private void attack(JarUnderTest jarUnderTest) throws Exception {
        var worst = new WorstClient(URI.create(jarUnderTest.jar.baseUrl()));
        List<WorstClient.Attack> attacks = List.copyOf(worst.attacks().values());
        long end = System.nanoTime() + length().toNanos();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < attacks.size(); i++) {
                WorstClient.Attack attack = attacks.get(i);
                var random = new Random(i);
                running.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        attack.go(random);
                    }
                    return null;
                }));
            }
            boolean odd = false;
            while (System.nanoTime() < end) {
                long began = System.nanoTime();
                judge(jarUnderTest.send(patientChat(jarUnderTest, odd)), jarUnderTest);
                waits.add((System.nanoTime() - began) / 1_000_000);
                odd = !odd;
                TimeUnit.MILLISECONDS.sleep(100);
            }
            for (Future<?> each : running) {
                each.get(3, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
            Collections.sort(waits);
            System.out.printf(
                    "others: %s, half of them within %d ms, the slowest %d ms%n",
                    others, waits.get(waits.size() / 2), waits.get(waits.size() - 1));
            System.out.println("the worst client: " + worst.outcomes());
        }
        worst.outcomes()
                .forEach((attack, outcomes) -> assertTrue(!outcomes.containsKey(500), attack + ": " + outcomes));
        assertTrue(others.getOrDefault(200, 0) > 0, "others: " + others);
    }

    /** The machine may have other things to do; how long an answer takes is measured when the attack is over. */
    private static HttpRequest patientChat(JarUnderTest jarUnderTest, boolean stream) {
        return jarUnderTest
                .request("/v1/chat/completions")
                .timeout(Duration.ofMinutes(3))
                .POST(BodyPublishers.ofString(World.body("echo: alive", stream)))
                .build();
    }

    private void judge(World.Reply reply, JarUnderTest jarUnderTest) {
        others.merge(reply.status, 1, Integer::sum);
        if (reply.status == 200) {
            assertEquals("alive", reply.text().strip(), reply.toString());
        } else {
            assertEquals(503, reply.status, reply + "\n" + jarUnderTest.tail());
            assertTrue(!reply.header("Retry-After").isEmpty(), reply.toString());
        }
    }

    private static Vitals vitals(JarUnderTest jarUnderTest) throws IOException {
        return Vitals.known() ? Vitals.of(jarUnderTest.jar.handle().pid()) : new Vitals(0, 0, 0);
    }

    private static long peakMegabytes(JarUnderTest jarUnderTest) throws IOException {
        Path status = Path.of("/proc/" + jarUnderTest.jar.handle().pid() + "/status");
        return Vitals.known()
                ? Files.readAllLines(status).stream()
                                .filter(line -> line.startsWith("VmHWM:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                                .sum()
                        / 1024
                : 0;
    }

    private static void report(String when, JarUnderTest jarUnderTest, long heap) throws IOException {
        System.out.println(when + ": " + vitals(jarUnderTest) + ", heap after a collection " + heap + " MB, peak "
                + peakMegabytes(jarUnderTest) + " MB");
    }

    /** The middle one of nine. */
    private static long latencyMillis(JarUnderTest jarUnderTest) throws Exception {
        long[] millis = new long[9];
        for (int i = 0; i < millis.length; i++) {
            long began = System.nanoTime();
            assertEquals(200, jarUnderTest.chat("echo: alive", false).status, jarUnderTest.tail());
            millis[i] = (System.nanoTime() - began) / 1_000_000;
        }
        Arrays.sort(millis);
        return millis[millis.length / 2];
    }

    private static void assertAsBefore(Vitals before, long latency, JarUnderTest jarUnderTest) throws Exception {
        assertTrue(peakMegabytes(jarUnderTest) < MEMORY_MEGABYTES, peakMegabytes(jarUnderTest) + " MB");
        Eventually.holds("as few threads and descriptors as before: " + before, () -> {
            Vitals now = vitals(jarUnderTest);
            return now.threads() <= before.threads() + 20 && now.descriptors() <= before.descriptors() + 20;
        });
        Eventually.holds(
                "answers as fast as before: " + latency + " ms", () -> latencyMillis(jarUnderTest) <= 2 * latency + 50);
    }
}
