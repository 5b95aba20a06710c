package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A clock that jumps by a day, ahead and back, under the process: played by libfaketime, where the machine has it. Only
 * in the full form, because the library makes the process many times slower; in the short one the tests of the ring
 * move its clock.
 */
@EnabledIfSystemProperty(named = "survive", matches = "true")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClockIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Path offset = Path.of("");

    @BeforeEach
    void begin() throws Exception {
        offset = folder.resolve("offset");
        jump("+0");
    }

    private static String library() throws IOException {
        try (Stream<Path> places = Stream.of(Path.of("/usr/lib")).flatMap(ClockIT::below)) {
            return places.filter(path -> path.endsWith("faketime/libfaketimeMT.so.1"))
                    .map(Path::toString)
                    .findFirst()
                    .orElseGet(() -> {
                        System.err.println("\n# libfaketime is not here: jumps of the clock were NOT tested.\n");
                        return abort("libfaketime is not here");
                    });
        }
    }

    private static Stream<Path> below(Path root) {
        try {
            return Files.find(root, 3, (path, about) -> path.toString().contains("faketime"));
        } catch (IOException unreadable) {
            return Stream.of();
        }
    }

    private JarUnderTest siege() throws IOException {
        return new JarUnderTest(
                folder,
                2,
                Map.of("ACCOUNT_MAX_FAILURES", "1"),
                Map.of(
                        "LD_PRELOAD",
                        library(),
                        "FAKETIME_TIMESTAMP_FILE",
                        offset.toString(),
                        "FAKETIME_NO_CACHE",
                        "1",
                        "DONT_FAKE_MONOTONIC",
                        "1"));
    }

    private void jump(String to) throws IOException {
        Files.writeString(offset, to + "\n");
    }

    @Test
    void a_clock_that_was_a_day_ahead_and_is_put_right_keeps_no_account_out() throws Exception {
        jump("+1d");
        try (JarUnderTest jarUnderTest = siege()) {
            jarUnderTest
                    .fake
                    .faults()
                    .add(Refusals.http500()
                            .forAccount(jarUnderTest.users.get(0))
                            .once());
            jarUnderTest.assertServes();
            assertEquals("cooling", state(jarUnderTest));
            jump("+0");
            assertEquals("active", state(jarUnderTest), "its rest would have lasted for a day");
            jarUnderTest.assertServes();
        }
    }

    @Test
    void a_clock_that_was_a_day_behind_and_is_put_right_serves_on() throws Exception {
        jump("-1d");
        try (JarUnderTest jarUnderTest = siege()) {
            jarUnderTest.assertServes();
            jump("+0");
            jarUnderTest.assertServes();
            jump("+1d");
            jarUnderTest.assertServes();
            assertEquals(2, jarUnderTest.accounts().size());
        }
    }

    @Test
    void a_stream_does_not_notice_a_jump() throws Exception {
        try (JarUnderTest jarUnderTest = siege()) {
            jarUnderTest
                    .fake
                    .script()
                    .whenAsked(
                            "slowly",
                            Answer.empty()
                                    .chunks("one ", "two ", "three ", "four ", "five ", "six")
                                    .delayPerChunk(Duration.ofMillis(700)));
            CompletableFuture<World.Reply> running = CompletableFuture.supplyAsync(() -> {
                try {
                    return jarUnderTest.chat("slowly", true);
                } catch (IOException | InterruptedException broken) {
                    throw new AssertionError(broken);
                }
            });
            assertTrue(jarUnderTest.fake.recorder().awaitRunning(jarUnderTest.users.get(0), 1, Duration.ofSeconds(10)));
            jump("+1d");
            TimeUnit.SECONDS.sleep(1);
            jump("-1d");
            World.Reply reply = running.get(30, TimeUnit.SECONDS);
            assertEquals("one two three four five six", reply.text(), reply.toString());
            assertTrue(reply.isDone(), reply.toString());
        }
    }

    private static String state(JarUnderTest jarUnderTest) throws Exception {
        return jarUnderTest.accounts().get(0).path("state").asText();
    }
}
