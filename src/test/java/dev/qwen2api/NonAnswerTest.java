package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.fakeqwen.Capture;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.ops.doctor.Doctor;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the service was seen to answer in place of an answer: what the client reads, and which accounts pay. */
@Timeout(120)
class NonAnswerTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /**
     * Columns: the capture, status and code of the error, a part of its message, how many of three accounts are asked,
     * and the states of the accounts afterwards.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // A limit (rows 3, 4, 8): every account has its own.
                "parallel-limited.json           | 429 | rate_limit_exceeded   | at once      | 3 | cooling cooling cooling",
                "too-many-requests.json          | 429 | rate_limit_exceeded   | too quickly  | 3 | limited limited limited",
                "quota-limited.json              | 429 | insufficient_quota    | quota        | 3 | limited limited limited",
                "exceed-limit.json               | 429 | insufficient_quota    | quota        | 3 | limited limited limited",
                "quota-exhausted.json            | 429 | insufficient_quota    | quota        | 3 | limited limited limited",
                "code-402.json                   | 429 | insufficient_quota    | quota        | 3 | limited limited limited",
                "code-429.json                   | 429 | rate_limit_exceeded   | too quickly  | 3 | limited limited limited",
                "chinese-day-spent.json          | 429 | insufficient_quota    | for today    | 3 | limited limited limited",
                "chinese-quota-used.json         | 429 | insufficient_quota    | for today    | 3 | limited limited limited",
                "chinese-quota-under-limit.json  | 429 | insufficient_quota    | for today    | 3 | limited limited limited",
                "flat-rate-limited.json          | 429 | rate_limit_exceeded   | quota        | 3 | limited limited limited",
                "delta-error-limited.sse         | 429 | rate_limit_exceeded   | quota        | 3 | limited limited limited",
                "delta-error-extra.sse           | 429 | insufficient_quota    | quota        | 3 | limited limited limited",
                "delta-error-content.sse         | 429 | insufficient_quota    | quota        | 3 | limited limited limited",
                // A dead session (row 6): each has its own.
                "unauthorized-lower.json         | 503 | session_expired       | fresh cookie | 3 | expired expired expired",
                "code-401.json                   | 503 | session_expired       | fresh cookie | 3 | expired expired expired",
                "token-expired.json              | 503 | session_expired       | fresh cookie | 3 | expired expired expired",
                "authentication-failed.json      | 503 | session_expired       | fresh cookie | 3 | expired expired expired",
                "frame-error-code.sse            | 503 | session_expired       | fresh cookie | 3 | expired expired expired",
                // A human check (row 7): asking more accounts makes it worse.
                "fail-sys-code.json              | 503 | verification_required | pass the check | 2 | challenged challenged active",
                "ret-string.json                 | 503 | verification_required | pass the check | 2 | challenged challenged active",
                "frame-error-rgv587.sse          | 503 | verification_required | pass the check | 2 | challenged challenged active",
                // The request's own fault: one account is enough, and none pays.
                "moderated.json                  | 400 | content_filter        | Change the prompt | 1 | active active active",
                "invalid-input.json              | 400 | invalid_request_error | account_1    | 1 | active active active",
                "model-gone.json                 | 404 | model_not_found       | /v1/models   | 1 | active active active",
                "too-long.json                   | 400 | context_length_exceeded | Shorten    | 1 | active active active",
                // The service had a bad moment (rows 4, 10, 11, 26).
                "chinese-busy.json               | 502 | upstream_error        | busy         | 3 | active active active",
                "flat-bad-request.json           | 502 | upstream_error        | Try again    | 3 | active active active",
                "unknown-code.json               | 502 | upstream_error        | Try again    | 3 | active active active",
                "parent-not-found.json           | 502 | upstream_error        | Try again    | 3 | active active active",
                "chat-in-progress-code.json      | 502 | upstream_error        | Try again    | 3 | active active active",
                "request-ended.json              | 502 | upstream_error        | Try again    | 3 | active active active",
                "only-code.sse                   | 502 | upstream_error        | Try again    | 3 | active active active",
                "tool-refused.sse                | 502 | upstream_error        | Try again    | 3 | active active active",
            })
    void the_client_reads_what_is_wrong_and_only_the_right_accounts_pay(
            String capture, int status, String code, String words, int asked, String states) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            try (World world = new World(folder.resolve(String.valueOf(stream)), 3, Map.of())) {
                world.fake.faults().add(Refusals.reply(Capture.reply(capture)).on(Endpoint.COMPLETIONS));
                World.Reply reply = world.chat("hi", stream);
                String seen = capture + " " + stream + ": " + reply + " " + states(world);
                assertEquals(status, reply.status, seen);
                assertEquals(code, reply.errorCode(), seen);
                String message = reply.json().at("/error/message").asText();
                assertTrue(message.contains(words), seen);
                assertTrue(message.contains("account_"), seen);
                assertFalse(message.matches("(?s).*[!?。]\\..*|.*quota is used up: its.*"), seen);
                assertEquals(asked, users(world), seen);
                assertEquals(states, states(world), seen);
            }
        }
    }

    private static long users(World world) {
        return world.fake.recorder().requests(Endpoint.COMPLETIONS).stream()
                .map(request -> request.userId().orElse(""))
                .distinct()
                .count();
    }

    private static String states(World world) {
        return world.gateway.statuses().stream()
                .map(AccountStatus::state)
                .map(state -> state.wire())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "parallel-limited.json, cooling",
        "quota-limited.json, limited",
        "chinese-day-spent.json, limited",
        "delta-error-limited.sse, limited",
        "token-expired.json, expired",
        "frame-error-code.sse, expired",
        "fail-sys-code.json, challenged",
        "frame-error-rgv587.sse, challenged",
        "unknown-code.json, active",
        "chinese-busy.json, active",
        "only-code.sse, active",
    })
    void another_account_answers_and_stays_well(String capture, String state) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            try (World world = new World(folder.resolve(String.valueOf(stream)), 3, Map.of())) {
                Fault fault = Refusals.reply(Capture.reply(capture)).on(Endpoint.COMPLETIONS);
                world.fake.faults().add(fault.forAccount(world.user(1)));
                World.Reply reply = world.chat("echo: well", stream);
                assertEquals(200, reply.status, reply.toString());
                assertEquals("well", reply.text().strip());
                assertEquals("", reply.errorCode());
                assertEquals(state + " active active", states(world));
                assertEquals(2, users(world));
            }
        }
    }

    @Test
    void a_limit_is_said_once_and_in_plain_sentences() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.rateLimited(4));
            world.chat("hi", false);
            String message = world.chat("hi", false).json().at("/error/message").asText();
            assertTrue(message.contains("account_1 is limited (its quota is used up (RateLimited, for 4 h);"), message);
            assertEquals(message.indexOf("its quota"), message.lastIndexOf("its quota"), message);
        }
    }

    @Test
    void words_of_the_service_end_as_one_sentence() throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            try (World world = new World(folder.resolve(String.valueOf(stream)), 1, Map.of())) {
                world.fake.faults().add(Refusals.refusal(400, "Bad_Request", "Oops! A bad request!"));
                String message =
                        world.chat("hi", stream).json().at("/error/message").asText();
                assertTrue(message.endsWith("A bad request. Try again."), message);
            }
        }
    }

    @Test
    void an_unknown_name_is_counted_by_a_bounded_label_and_outlives_the_process() throws Exception {
        try (World world = new World(folder, 1, Map.of("METRICS_PUBLIC", "true"))) {
            world.fake
                    .faults()
                    .add(Refusals.reply(Capture.reply("unknown-code.json")).on(Endpoint.COMPLETIONS));
            world.chat("hi", false);
            String metrics = world.get("/metrics").body;
            assertTrue(
                    metrics.contains("qwen2api_upstream_unknown_total{kind=\"code\",name=\"BrandNewTrouble\"} "),
                    metrics);
            world.gateway.close();
            var lines = new ArrayList<String>();
            new DoctorWiring(Clock.systemUTC(), lines::add, Doctor.Format.LINES)
                    .run(folder.resolve(".env"), Map.of(), Optional.empty());
            assertTrue(
                    lines.stream().anyMatch(line -> line.contains("unknown code 'BrandNewTrouble', last on 20")),
                    lines.toString());
        }
    }

    @Test
    void the_doctor_suggests_to_switch_tools_off_where_one_was_refused() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .faults()
                    .add(Refusals.reply(Capture.reply("tool-refused.sse"))
                            .on(Endpoint.COMPLETIONS)
                            .once());
            World.Reply reply = world.post(
                    "/v1/chat/completions",
                    "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[{\"type\":\"function\","
                            + "\"function\":{\"name\":\"weather\",\"parameters\":{\"type\":\"object\"}}}]}");
            assertEquals(200, reply.status, reply.toString());
            world.gateway.close();
            var lines = new ArrayList<String>();
            new DoctorWiring(Clock.systemUTC(), lines::add, Doctor.Format.LINES)
                    .run(folder.resolve(".env"), Map.of(), Optional.empty());
            assertTrue(lines.stream().anyMatch(line -> line.contains("NATIVE_TOOLS=off")), lines.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"only-code.sse", "only-picture-thinking.sse"})
    void what_is_no_answer_is_never_shown_as_one(String capture) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            try (World world = new World(folder.resolve(String.valueOf(stream)), 3, Map.of())) {
                world.fake.faults().add(Refusals.reply(Capture.reply(capture)).on(Endpoint.COMPLETIONS));
                World.Reply reply = world.chat("hi", stream);
                assertEquals("", reply.text(), reply.toString());
                assertEquals("upstream_error", reply.errorCode(), reply.toString());
            }
        }
    }
}
