package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.PortalFaults;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.Request;
import dev.qwen2api.fakeqwen.StreamFaults;
import dev.qwen2api.fakeqwen.WireFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of the CLI channel sees of each thing that can go wrong at the portal. */
@Timeout(300)
class CliFailoverTest {

    private static final String CHAT = "/cli/v1/chat/completions";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** In which form the fault can be met. */
    enum Form {
        BOTH,
        STREAM
    }

    /** What goes wrong before the first word, and what a client is told when it goes wrong everywhere. */
    enum Before {
        DEAD_TOKEN(Form.BOTH, PortalFaults::invalidKey401, 503, ""),
        QUOTA_429(Form.BOTH, PortalFaults::insufficientQuota429, 429, "rate_limit_exceeded"),
        QUOTA_403(Form.BOTH, PortalFaults::freeQuotaGone403, 429, "insufficient_quota"),
        QUOTA_403_WITHOUT_A_SENTENCE(
                Form.BOTH,
                () -> says(403, "{\"error\":{\"message\":\"no\",\"code\":\"insufficient_quota\"}}"),
                429,
                "insufficient_quota"),
        QUOTA_403_BY_TYPE(
                Form.BOTH,
                () -> says(403, "{\"error\":{\"message\":\"no\",\"type\":\"quota_exceeded\"}}"),
                429,
                "insufficient_quota"),
        QUOTA_FRAME(Form.STREAM, () -> StreamFaults.errorFrameFirst("quota_exceeded"), 429, "insufficient_quota"),
        THROTTLED(Form.BOTH, PortalFaults::throttled429, 429, "rate_limit_exceeded"),
        FORBIDDEN(
                Form.BOTH,
                () -> says(403, "{\"error\":{\"message\":\"no\",\"code\":\"denied\"}}"),
                502,
                "upstream_error"),
        NO_JSON_503(Form.BOTH, () -> says(503, "busy"), 502, "upstream_error"),
        WAF_PAGE(Form.BOTH, Refusals::wafHtml, 503, "verification_required"),
        GATEWAY_PAGE(Form.BOTH, Refusals::http502Html, 502, "upstream_error"),
        REDIRECT(Form.BOTH, () -> says(302, ""), 502, "upstream_error"),
        NONSENSE(Form.BOTH, () -> says(200, "{\"success\":true}"), 502, "upstream_error"),
        ERROR_UNDER_200(
                Form.BOTH,
                () -> says(200, "{\"error\":{\"message\":\"no\",\"code\":429}}"),
                429,
                "rate_limit_exceeded"),
        EMPTY_JSON(Form.BOTH, Refusals::emptyJsonBody, 502, "upstream_error"),
        RESET(Form.BOTH, WireFaults::resetBeforeFirstByte, 502, "upstream_error"),
        SILENT(Form.BOTH, WireFaults::silentBeforeHeaders, 504, "upstream_timeout"),
        SILENT_AFTER_HEADERS(Form.STREAM, StreamFaults::silentAfterHeaders, 504, "upstream_timeout"),
        COMMENTS_ONLY(
                Form.STREAM, () -> StreamFaults.keepAlivesForever(Duration.ofMillis(200)), 504, "upstream_timeout"),
        EMPTY_STREAM(Form.STREAM, StreamFaults::emptyStream, 502, "upstream_error"),
        ERROR_FRAME(Form.STREAM, () -> StreamFaults.errorFrameFirst("insufficient_quota"), 429, "rate_limit_exceeded"),
        ERROR_TEXT(Form.STREAM, () -> StreamFaults.errorTextFirst("Internal error!"), 502, "upstream_error"),
        WRONG_TYPE(Form.STREAM, () -> WireFaults.wrongContentType("text/plain"), 502, "upstream_error"),
        GZIP(Form.STREAM, WireFaults::gzipUnasked, 502, "upstream_error");

        final Form form;
        final Supplier<Fault> fault;
        final int status;
        final String code;

        Before(Form form, Supplier<Fault> fault, int status, String code) {
            this.form = form;
            this.fault = fault;
            this.status = status;
            this.code = code;
        }

        boolean[] streams() {
            return form == Form.BOTH ? new boolean[] {false, true} : new boolean[] {true};
        }
    }

    private static Fault says(int status, String body) {
        return Refusals.reply(Reply.of(status, "application/json", body));
    }

    /** Only where silence is the fault are the time limits short: elsewhere a busy machine must not look like one. */
    private static Map<String, String> limits(String code) {
        return code.equals("upstream_timeout") ? World.IMPATIENT : Map.of();
    }

    private static World.Reply ask(World world, boolean stream) throws Exception {
        return world.post(CHAT, World.body("echo: well", stream));
    }

    /** A world whose accounts all have their credentials. */
    private World ready(String name, int accounts, Map<String, String> settings) throws Exception {
        return ready(name, accounts, settings, Map.of());
    }

    /** The limits come into force last, when the machine has nothing left to load. */
    private World ready(String name, int accounts, Map<String, String> settings, Map<String, String> limits)
            throws Exception {
        World world = new World(folder.resolve(name), accounts, settings);
        ask(world, true);
        Eventually.holds(
                "credentials",
                () -> world.get("/api/accountsHealth").body.split("\"hasCliInfo\":true", -1).length > accounts);
        if (!limits.isEmpty()) {
            world.values.putAll(limits);
            world.save();
            Eventually.holds("limits", () -> world.gateway.reload().problem().isEmpty());
        }
        world.fake.recorder().clear();
        return world;
    }

    @ParameterizedTest
    @EnumSource
    void a_well_account_answers_in_place_of_one_that_fails_before_the_first_word(Before what) throws Exception {
        for (boolean stream : what.streams()) {
            try (World world = ready(String.valueOf(stream), 2, Map.of(), limits(what.code))) {
                world.fake.faults().add(what.fault.get().on(Endpoint.PORTAL).forAccount(world.user(1)));
                for (int i = 0; i < 2; i++) {
                    World.Reply reply = ask(world, stream);

                    assertEquals(200, reply.status, reply.toString());
                    assertEquals("well", reply.text());
                    assertEquals("", reply.errorCode());
                    assertEquals(stream, reply.isDone());
                }
                assertEquals(
                        2,
                        world.fake.recorder().completions(world.user(2)).stream()
                                .filter(each -> each.endedAt().isPresent())
                                .count());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void with_no_well_account_the_client_is_told_what_the_portal_said(Before what) throws Exception {
        for (boolean stream : what.streams()) {
            try (World world = ready(String.valueOf(stream), 2, Map.of(), limits(what.code))) {
                world.fake.faults().add(what.fault.get().on(Endpoint.PORTAL));

                World.Reply reply = ask(world, stream);

                assertEquals(what.status, reply.status, reply.toString());
                assertEquals(what.code, reply.errorCode(), reply.toString());
                assertEquals(
                        !what.code.isEmpty(),
                        reply.json().at("/error/message").asText().startsWith("account_"),
                        reply.toString());
                assertFalse(reply.body.contains("at_"), "a token is a secret");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SILENT", "SILENT_AFTER_HEADERS", "COMMENTS_ONLY"})
    void the_key_answers_when_every_account_fails(Before what) throws Exception {
        Map<String, String> settings = Map.of("CLI_API_KEY", "sk-official", "MODEL_MAP", "qwen-max=coder-model");
        try (World world = ready("key", 1, settings)) {
            world.fake.oauth().allowKey("sk-official");
            world.fake.faults().add(what.fault.get().on(Endpoint.PORTAL).forAccount(world.user(1)));
            World.Reply reply = ask(world, true);
            assertEquals("well", reply.text(), reply.toString());
            assertTrue(reply.isDone());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_answer_that_the_portal_refuses_midway_ends_with_what_was_said(boolean stream) throws Exception {
        try (World world = ready("moderated", 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("one two three four five"));
            world.fake.faults().add(StreamFaults.moderationMidStream(2).on(Endpoint.PORTAL));
            World.Reply reply = ask(world, stream);
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.text().startsWith("one"), reply.toString());
            assertFalse(reply.text().endsWith("five"), reply.toString());
            assertTrue(reply.body.contains("\"finish_reason\":\"content_filter\""), reply.body);
            assertEquals("", reply.errorCode());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_prompt_that_takes_the_portal_too_long_is_not_tried_elsewhere(boolean stream) throws Exception {
        try (World world = ready("long", 2, Map.of())) {
            world.fake.faults().add(PortalFaults.streamTimeout504());
            World.Reply reply = ask(world, stream);
            assertEquals(400, reply.status, reply.toString());
            assertEquals("context_length_exceeded", reply.errorCode());
            assertEquals(1, world.fake.recorder().requests(Endpoint.PORTAL).size());
        }
    }

    @Test
    void a_request_that_the_portal_finds_wrong_is_wrong_for_every_account() throws Exception {
        try (World world = ready("wrong", 2, Map.of())) {
            world.fake
                    .faults()
                    .add(says(
                                    400,
                                    "{\"error\":{\"message\":\"bad n\",\"param\":\"n\",\"code\":\"invalid\","
                                            + "\"type\":\"invalid_request_error\"},\"request_id\":\"r\"}")
                            .on(Endpoint.PORTAL));
            World.Reply reply = ask(world, true);
            assertEquals(400, reply.status);
            assertTrue(
                    reply.json().at("/error/message").asText().matches("account_[12]: .*HTTP 400, invalid.*: bad n"),
                    reply.body);
            assertEquals("invalid_request_error", reply.errorCode());
            assertEquals(1, world.fake.recorder().requests(Endpoint.PORTAL).size());
        }
    }

    @Test
    void a_token_that_the_portal_quotes_does_not_reach_the_client() throws Exception {
        try (World world = ready("quoted", 1, Map.of())) {
            ask(world, true);
            String token = world.fake
                    .recorder()
                    .last(Endpoint.PORTAL)
                    .flatMap(Request::token)
                    .orElseThrow();
            String body = "{\"error\":{\"message\":\"bad " + token + "\"}}";
            world.fake.faults().add(says(400, body).on(Endpoint.PORTAL));
            String message = ask(world, true).json().at("/error/message").asText();
            assertTrue(message.startsWith("account_1: ") && message.endsWith(": bad [token]"), message);
        }
    }

    @Test
    void a_spent_account_rests_and_one_that_is_told_how_long_rests_as_long() throws Exception {
        try (World world = ready("spent", 2, Map.of())) {
            world.fake.faults().add(PortalFaults.freeQuotaGone403().forAccount(world.user(1)));
            world.fake
                    .faults()
                    .add(PortalFaults.throttled429()
                            .withHeader("retry-after", "120")
                            .forAccount(world.user(2)));
            World.Reply first = ask(world, true);
            assertTrue(Set.of(403, 429).contains(first.status), "whichever account was asked last: " + first);
            World.Reply again = ask(world, true);
            assertEquals(503, again.status, again.toString());
            assertEquals("", again.header("Retry-After"), "longer than a minute");
            assertEquals("false", again.header("X-Should-Retry"));
            assertEquals(2, world.fake.recorder().requests(Endpoint.PORTAL).size(), "nobody is asked again");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 500, 502})
    void a_renewal_in_trouble_is_told_apart_from_one_that_is_refused(int status) throws Exception {
        try (World world = ready("renewal", 1, Map.of())) {
            world.fake.faults().add(PortalFaults.invalidKey401().once());
            world.fake
                    .faults()
                    .add(says(status, status == 400 ? "{\"error\":\"invalid_request\"}" : "<html>")
                            .on(Endpoint.OAUTH_TOKEN)
                            .once());
            World.Reply reply = ask(world, true);
            assertEquals(status == 400 ? 200 : 502, reply.status, reply.toString());
            assertEquals(
                    status == 400 ? 1 : 0,
                    world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
            assertEquals("well", ask(world, true).text(), "the credential was not thrown away");
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
        try (World world = ready("after", 2, Map.of(), limits(what.code))) {
            world.fake.script().otherwise(Answer.empty().chunks("one ", "two ", "three ", "four"));
            world.fake.faults().add(what.fault.get().on(Endpoint.PORTAL));

            World.Reply reply = ask(world, true);

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

    /** Ways to write a stream that mean the same. */
    enum Odd {
        COMMENTS(StreamFaults::comments),
        GARBAGE(StreamFaults::garbage),
        CRLF(StreamFaults::crlf),
        NO_LAST_BLANK_LINE(StreamFaults::missingLastBlankLine),
        ONE_BYTE_AT_A_TIME(WireFaults::oneByteAtATime);

        final Supplier<Fault> fault;

        Odd(Supplier<Fault> fault) {
            this.fault = fault;
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_oddly_written_stream_is_read_all_the_same(Odd what) throws Exception {
        try (World world = ready("odd", 1, Map.of())) {
            world.fake.script().otherwise(Answer.empty().chunks("你好 ", "two"));
            world.fake.faults().add(what.fault.get().on(Endpoint.PORTAL));
            World.Reply reply = ask(world, true);
            assertEquals("你好 two", reply.text(), reply.toString());
            assertTrue(reply.isDone());
        }
    }
}
