package dev.qwen2api.http.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import dev.qwen2api.api.openai.ChatCodec;
import dev.qwen2api.chat.AnswerStream.Progress;
import dev.qwen2api.chat.RequestTimeouts;
import dev.qwen2api.chat.StreamTimeouts;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;

/**
 * Prints what the protections against hostile clients cost an ordinary request, in microseconds of CPU: the same work
 * with and without them, in turns. Run by {@code scripts/attack-table --protections}; the figures are in
 * {@code docs/reliability.md}.
 */
public final class ProtectionCost {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 41;
    private static final long HEAP = 192L << 20;
    private static final long LIMIT = 64L << 20;

    private static long sink;

    private ProtectionCost() {}

    private interface Work {
        long once() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        System.out.println("| Protection | Without, us | With, us | Cost, us |\n|---|---:|---:|---:|");
        body("request of 1 KB: limits of size, pace, memory and values", 1_000, 2_000);
        body("request of 20 KB", 20_000, 400);
        body("request of 200 KB", 200_000, 50);
        var limiter = new RequestLimiter(1000);
        compare("number of requests", 5_000, () -> 0, () -> {
            limiter.enter();
            limiter.leave();
            return 1;
        });
        var wrongKeys = new WrongKeys(System::nanoTime);
        compare("wrong keys of an address", 5_000, () -> 0, () -> wrongKeys.passes("127.0.0.1") ? 1 : 0);
        Duration minute = Duration.ofMinutes(1);
        var timeouts =
                new StreamTimeouts(new RequestTimeouts(minute, minute, minute, minute, minute), System::nanoTime);
        compare("silence of the service, each chunk", 20_000, () -> 0, () -> {
            timeouts.check();
            timeouts.note(Progress.EVENTS);
            return timeouts.left().toNanos();
        });
        byte[] chunk =
                ("{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"m\","
                                + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\" and a few words\"},\"finish_reason\":null}]}")
                        .getBytes(StandardCharsets.UTF_8);
        var plain = new JsonMapper();
        compare(
                "number of tokens, each chunk of the CLI channel",
                5_000,
                () -> plain.readTree(chunk).size(),
                () -> BoundedJson.MAPPER.readTree(chunk).size());
    }

    private static void body(String name, int length, int times) throws Exception {
        byte[] body = conversation(length).getBytes(StandardCharsets.UTF_8);
        var codec = new ChatCodec(Clock.systemUTC());
        var budget = BodyMemoryBudget.in(HEAP);
        compare(name, times, () -> codec.read(new ByteArrayInputStream(body)).hashCode(), () -> {
            BodyMemoryBudget.Claim claim = budget.claim();
            try (var limited = new RequestBody(
                    new ByteArrayInputStream(body), LIMIT, claim, Duration.ofSeconds(30), System::nanoTime)) {
                return codec.read(limited).hashCode();
            } finally {
                claim.release();
            }
        });
    }

    private static String conversation(int length) {
        String turn = "{\"role\":\"user\",\"content\":\"" + "Some words of a question. ".repeat(8) + "\"},"
                + "{\"role\":\"assistant\",\"content\":\"" + "Some words of an answer. ".repeat(8) + "\"},";
        return "{\"model\":\"qwen-max\",\"stream\":true,\"temperature\":0.7,\"messages\":["
                + turn.repeat(length / turn.length())
                + "{\"role\":\"user\",\"content\":\"hi\"}]}";
    }

    /** In turns, so that both see the same machine; the median round counts, and the first half warms up. */
    private static void compare(String name, int times, Work without, Work with) throws Exception {
        var plain = new double[ROUNDS];
        var guarded = new double[ROUNDS];
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            double first = micros(without, times);
            double second = micros(with, times);
            if (round >= 0) {
                plain[round] = first;
                guarded[round] = second;
            }
        }
        Arrays.sort(plain);
        Arrays.sort(guarded);
        double before = plain[ROUNDS / 2];
        double after = guarded[ROUNDS / 2];
        System.out.printf("| %s | %.2f | %.2f | %.2f |%n", name, before, after, after - before);
    }

    private static double micros(Work work, int times) throws Exception {
        long cpu = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < times; i++) {
            sink += work.once();
        }
        return (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / times;
    }
}
