package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of odd shape and size, and limits of absurd length. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OddStreamsIT {

    private static final String TEXT = "one two three";
    private static final String THOUGHT = "**First**\n\nlook\n\n**Then**\n\nchoose";

    private JarUnderTest jarUnderTest;

    @BeforeAll
    void begin(@TempDir Path folder) throws Exception {
        jarUnderTest = new JarUnderTest(folder, 1, Map.of(), "-Xmx96m");
    }

    @AfterAll
    void end() {
        jarUnderTest.close();
    }

    @AfterEach
    void heal() throws Exception {
        jarUnderTest.heal();
    }

    /** What must not be noticed. */
    enum Odd {
        INTERLEAVED(StreamFaults::interleavedResponseIds),
        COMMENTS(StreamFaults::comments),
        GARBAGE(StreamFaults::garbage),
        SHRINKING(StreamFaults::repeatedAndShrinkingSummaries),
        CRLF(StreamFaults::crlf),
        NO_LAST_LINE(StreamFaults::missingLastBlankLine);

        final Supplier<Fault> fault;

        Odd(Supplier<Fault> fault) {
            this.fault = fault;
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_odd_shape_changes_nothing(Odd odd) throws Exception {
        jarUnderTest
                .fake
                .script()
                .whenAsked(
                        "oddly",
                        Answer.empty()
                                .thinking(Answer.thoughts("First", "look", "Then", "choose"))
                                .chunks("one ", "two ", "three"));
        jarUnderTest.fake.faults().add(odd.fault.get());
        for (boolean stream : new boolean[] {true, false}) {
            String body = World.body("oddly", stream).replace("qwen-max", "qwen-max-thinking");
            World.Reply reply = jarUnderTest.send(jarUnderTest
                    .request("/v1/chat/completions")
                    .POST(BodyPublishers.ofString(body))
                    .build());
            assertEquals(TEXT, reply.text(), reply.toString());
            assertEquals(THOUGHT, thought(reply, stream), reply.toString());
        }
    }

    private static String thought(World.Reply reply, boolean stream) {
        List<JsonNode> parts = stream ? reply.events() : List.of(reply.json());
        return parts.stream()
                .map(part -> part.at("/choices/0/" + (stream ? "delta" : "message") + "/reasoning_content")
                        .asText(""))
                .collect(Collectors.joining());
    }

    @Test
    void a_line_of_ten_megabytes_is_refused_or_skipped_and_never_kept() throws Exception {
        jarUnderTest.fake.faults().add(StreamFaults.hugeLine(10 << 20));
        for (int i = 0; i < 4; i++) {
            World.Reply reply = jarUnderTest.chat("echo: hello", true);
            assertTrue(reply.status == 502 || reply.text().strip().equals("hello"), reply.status + reply.errorCode());
        }
        jarUnderTest.fake.faults().clear();
        jarUnderTest.assertServes();
    }

    @Test
    void a_multitude_of_tiny_frames_is_passed_on_whole() throws Exception {
        String[] tiny = new String[Scale.of(50_000, 1_000_000)];
        Arrays.fill(tiny, "x");
        jarUnderTest.fake.script().whenAsked("tiny", Answer.empty().chunks(tiny));
        World.Reply reply = jarUnderTest.chat("tiny", true);
        assertEquals(tiny.length, reply.text().length());
        assertTrue(reply.isDone());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "0", "1000000000", "99999999999999999999", "soon", "", "null", "1.5", "{}"})
    void an_absurd_limit_benches_for_a_day_at_the_most(String hours) throws Exception {
        jarUnderTest
                .fake
                .faults()
                .add(Refusals.rateLimitedRaw(hours.isEmpty() ? "\"\"" : hours.equals("soon") ? "\"soon\"" : hours));
        assertBenchedForADayAtMost(jarUnderTest.chat("hello", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-7", "999999999999", "soon", "Wed, 21 Oct 2099 07:28:00 GMT", "1e9"})
    void an_absurd_retry_after_benches_for_a_day_at_the_most(String value) throws Exception {
        jarUnderTest.fake.faults().add(Refusals.retryAfter(429, value));
        assertBenchedForADayAtMost(jarUnderTest.chat("hello", false));
    }

    private void assertBenchedForADayAtMost(World.Reply reply) throws Exception {
        assertTrue(reply.status == 429 || reply.status == 502, reply.toString());
        assertFalse(reply.body.contains("Exception"), reply.toString());
        if (reply.status == 429 && !reply.header("Retry-After").isEmpty()) {
            long seconds = Long.parseLong(reply.header("Retry-After"));
            assertTrue(seconds >= 1 && seconds <= 60, reply.header("Retry-After"));
        }
        JsonNode account = jarUnderTest.accounts().get(0);
        if (account.path("retryAt").isTextual()) {
            Instant back = Instant.parse(account.path("retryAt").asText());
            assertTrue(back.isBefore(Instant.now().plus(Duration.ofHours(24)).plusSeconds(5)), account.toString());
        }
        jarUnderTest.heal();
        jarUnderTest.assertServes();
    }
}
