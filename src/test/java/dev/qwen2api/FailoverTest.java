package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.ClosedPort;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import dev.qwen2api.fakeqwen.WireFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client sees of each thing that can go wrong upstream, with a well account beside the bad one and without. */
@Timeout(60)
class FailoverTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** What goes wrong before the first word, and what a client is told when it goes wrong everywhere. */
    enum Before {
        HTTP_401(Refusals::unauthorized401, 503, "session_expired"),
        EXPIRED(Refusals::expired, 503, "session_expired"),
        RATE_LIMITED(() -> Refusals.rateLimited(4), 429, "rate_limit_exceeded"),
        FLAT_429(() -> Refusals.rateLimitedFlat429(2), 429, "rate_limit_exceeded"),
        RATE_LIMITED_FRAME(() -> StreamFaults.rateLimitedFrame(3), 429, "rate_limit_exceeded"),
        PUNISH(() -> Refusals.punishJson("captcha"), 503, "verification_required"),
        WAF_PAGE(Refusals::wafHtml, 503, "verification_required"),
        BLOCKED_405(Refusals::blocked405Html, 503, "verification_required"),
        BLOCKED_503(Refusals::blocked503Html, 503, "verification_required"),
        SOFT_BLOCK(StreamFaults::softBlockCreatedOnly, 502, "upstream_error"),
        EMPTY_STREAM(StreamFaults::emptyStream, 502, "upstream_error"),
        RESET(WireFaults::resetBeforeFirstByte, 502, "upstream_error"),
        HTTP_500(Refusals::http500, 502, "upstream_error"),
        HTTP_502_PAGE(Refusals::http502Html, 502, "upstream_error"),
        SILENT_BEFORE_HEADERS(WireFaults::silentBeforeHeaders, 504, "upstream_timeout"),
        SILENT_AFTER_HEADERS(StreamFaults::silentAfterHeaders, 504, "upstream_timeout"),
        KEEP_ALIVES_ONLY(() -> StreamFaults.keepAlivesForever(Duration.ofMillis(200)), 504, "upstream_timeout"),
        ERROR_FRAME(() -> StreamFaults.errorFrameFirst("internal_error"), 502, "upstream_error"),
        ERROR_TEXT(() -> StreamFaults.errorTextFirst("Internal error!"), 502, "upstream_error"),
        BAD_REQUEST(Refusals::internalError, 502, "upstream_error"),
        CHAT_IN_PROGRESS(Refusals::chatInProgress, 502, "upstream_error"),
        EMPTY_JSON(Refusals::emptyJsonBody, 502, "upstream_error"),
        SUCCESS_WITH_ERROR_CODE(Refusals::successTrueWithErrorCode, 502, "upstream_error"),
        WRONG_TYPE(() -> WireFaults.wrongContentType("text/plain"), 502, "upstream_error"),
        GZIP(WireFaults::gzipUnasked, 502, "upstream_error"),
        NO_CHAT_401(() -> Refusals.unauthorized401().on(Endpoint.CHATS_NEW), 503, "session_expired"),
        NO_CHAT_WAF(() -> Refusals.wafHtml().on(Endpoint.CHATS_NEW), 503, "verification_required"),
        NO_CHAT_RESET(() -> WireFaults.resetBeforeFirstByte().on(Endpoint.CHATS_NEW), 502, "upstream_error"),
        NO_CHAT_SILENT(() -> WireFaults.silentBeforeHeaders().on(Endpoint.CHATS_NEW), 504, "upstream_timeout");

        final Supplier<Fault> fault;
        final int status;
        final String code;

        Before(Supplier<Fault> fault, int status, String code) {
            this.fault = fault;
            this.status = status;
            this.code = code;
        }
    }

    /** Only where silence is the fault are the time limits short: elsewhere a busy machine must not look like one. */
    private static Map<String, String> limits(String code) {
        return code.equals("upstream_timeout") ? World.IMPATIENT : Map.of();
    }

    @ParameterizedTest
    @EnumSource
    void a_well_account_answers_in_place_of_one_that_fails_before_the_first_word(Before what) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            try (World world = new World(folder.resolve(String.valueOf(stream)), 2, limits(what.code))) {
                world.fake.faults().add(what.fault.get().forAccount(world.user(1)));

                World.Reply reply = world.chat("echo: well", stream);

                assertEquals(200, reply.status, reply.toString());
                assertEquals("well", reply.text().strip());
                assertEquals("", reply.errorCode());
                assertEquals(stream, reply.isDone());
                assertEquals(1, world.fake.recorder().completions(world.user(2)).size());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void with_no_well_account_the_status_says_what_is_wrong(Before what) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            try (World world = new World(folder.resolve(String.valueOf(stream)), 2, limits(what.code))) {
                world.fake.faults().add(what.fault.get());

                World.Reply reply = world.chat("echo: well", stream);

                assertEquals(what.status, reply.status, reply.toString());
                assertEquals(what.code, reply.errorCode(), reply.toString());
                assertTrue(reply.json().path("error").path("message").asText().contains("account_"), reply.toString());
                assertFalse(reply.body.contains("punish?x5secdata"), "the address of a check is a secret");
                boolean waits = what.status == 429
                        || what.code.equals("verification_required")
                        || what.code.equals("session_expired");
                assertEquals(waits ? "false" : "", reply.header("X-Should-Retry"), reply.toString());
                assertEquals("", reply.header("Retry-After"), reply.toString());
            }
        }
    }

    @Test
    void what_the_service_quotes_of_a_prompt_is_told_to_nobody_but_its_client() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.refusal(400, "odd", "could not take: MY-PRIVATE-PROMPT"));

            World.Reply asker = world.chat("MY-PRIVATE-PROMPT", false);
            assertTrue(asker.body.contains("MY-PRIVATE-PROMPT"), asker.toString());

            World.Reply other = asker;
            for (int i = 0; i < 10 && other.status != 429; i++) {
                other = world.chat("MY-PRIVATE-PROMPT", false);
            }
            assertEquals(429, other.status, "the account rests");
            assertFalse(other.body.contains("PRIVATE"), other.toString());
            World.Reply health = world.get("/api/accountsHealth");
            assertTrue(health.body.contains("(odd)"), health.toString());
            assertFalse(health.body.contains("PRIVATE"), health.toString());
        }
    }

    /** What goes wrong after the first words. */
    enum After {
        RESET(() -> StreamFaults.resetAfterText(2), "upstream_error"),
        STALL(() -> StreamFaults.stallAfterText(2), "upstream_timeout"),
        ERROR_FRAME(() -> StreamFaults.errorFrameAfterText(2, "internal_error"), "upstream_error"),
        CLEAN_END(() -> StreamFaults.cleanEndWithoutFinished(2), "upstream_error");

        final Supplier<Fault> fault;
        final String code;

        After(Supplier<Fault> fault, String code) {
            this.fault = fault;
            this.code = code;
        }
    }

    @ParameterizedTest
    @EnumSource
    void after_the_first_words_a_stream_ends_with_one_error_and_no_account_is_changed(After what) throws Exception {
        try (World world = new World(folder, 2, limits(what.code))) {
            world.fake.script().otherwise(Answer.empty().chunks("one ", "two ", "three ", "four"));
            world.fake.faults().add(what.fault.get());

            World.Reply reply = world.chat("count", true);

            assertEquals(200, reply.status);
            assertEquals("one two ", reply.text());
            assertEquals(what.code, reply.errorCode(), reply.toString());
            assertEquals(
                    1,
                    reply.events().stream().filter(event -> event.has("error")).count());
            assertFalse(reply.isDone(), reply.toString());
            assertTrue(reply.body.lines().noneMatch(line -> line.contains("\"finish_reason\":\"")), reply.toString());
            assertEquals(1, world.fake.recorder().completions().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void after_the_first_words_half_an_answer_is_never_a_success(After what) throws Exception {
        try (World world = new World(folder, 2, limits(what.code))) {
            world.fake.script().otherwise(Answer.empty().chunks("one ", "two ", "three ", "four"));
            world.fake.faults().add(what.fault.get());

            World.Reply reply = world.chat("count", false);

            assertEquals(what.code.equals("upstream_timeout") ? 504 : 502, reply.status, reply.toString());
            assertEquals(what.code, reply.errorCode());
            assertFalse(reply.body.contains("one two"), reply.toString());
        }
    }

    @Test
    void a_refused_connection_is_an_upstream_error_that_blames_no_account() throws Exception {
        try (ClosedPort closed = new ClosedPort();
                World world = new World(folder, 2, Map.of("QWEN_CHAT_PROXY_URL", closed.baseUrl()))) {
            World.Reply reply = world.chat("hello", true);

            assertEquals(502, reply.status, reply.toString());
            assertEquals("upstream_error", reply.errorCode());
            assertTrue(world.gateway.statuses().stream().allMatch(status -> status.failureCount() == 0));
        }
    }

    @Test
    void moderation_is_not_tried_elsewhere() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.faults().add(StreamFaults.moderationFirst());
            World.Reply reply = world.chat("something", false);
            assertEquals(400, reply.status);
            assertEquals("content_filter", reply.errorCode());
            assertEquals(1, world.fake.recorder().completions().size());
        }
    }

    @Test
    void moderation_after_words_ends_the_answer_as_filtered() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.empty().chunks("one ", "two ", "three"));
            world.fake.faults().add(StreamFaults.moderationMidStream(2));
            World.Reply reply = world.chat("something", false);
            assertEquals(200, reply.status, reply.toString());
            assertEquals(
                    "content_filter",
                    reply.json().path("choices").path(0).path("finish_reason").asText());
        }
    }

    @Test
    void no_account_at_all_is_said_plainly() throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            World.Reply reply = world.chat("hello", true);
            assertEquals(503, reply.status);
            assertEquals("no_account", reply.errorCode());
            assertTrue(reply.body.contains("QWEN_COOKIES"), reply.toString());
        }
    }

    @Test
    void a_benched_account_tells_the_next_client_when_it_returns() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.rateLimited(4));
            world.chat("hello", true);
            World.Reply reply = world.chat("hello again", true);
            assertEquals(429, reply.status);
            assertEquals("", reply.header("Retry-After"), "clients would sleep for hours without a word");
            assertEquals("false", reply.header("X-Should-Retry"));
            assertTrue(reply.body.contains("in about 4 h") || reply.body.contains("in about 3 h 59 min"), reply.body);
            assertEquals(1, world.fake.recorder().completions().size(), "a benched account is not asked again");
        }
    }
}
