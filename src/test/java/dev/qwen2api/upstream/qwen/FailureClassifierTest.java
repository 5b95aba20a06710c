package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.error.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of the service's refusals, row by row. */
class FailureClassifierTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private static Failure of(int status, String body) {
        return of(status, Optional.empty(), Optional.empty(), body);
    }

    private static Failure of(int status, Optional<String> actual, Optional<String> retryAfter, String body) {
        return FailureClassifier.classify(
                Operation.COMPLETION,
                new Reply(status, actual, retryAfter, body.getBytes(StandardCharsets.UTF_8)),
                NOW);
    }

    private static String envelope(String code, String details) {
        return "{\"success\":false,\"request_id\":\"r\",\"data\":{\"code\":\"" + code + "\",\"details\":\"" + details
                + "\"}}";
    }

    @ParameterizedTest(name = "{0} {1} is {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "RateLimited            | You've reached the upper limit for today's usage.      | RATE_LIMITED",
                "quota_limit            | similar                                                | RATE_LIMITED",
                "Bad_Request            | Internal error...                                      | BUSY",
                "Bad_Request            | The chat is in progress!                               | BUSY",
                "Bad_Request            | Invalid input too many messages.                       | BAD_INPUT",
                "Bad_Request            | Invalid input the chat c0ff is not exist               | BUSY",
                "CHAT_NOT_FOUND         | Invalid input the chat c0ff is not exist               | BUSY",
                "Bad_Request            | parent_id aaaa not exist                               | BUSY",
                "Not_Found              | Model not found                                        | MODEL_GONE",
                "Not_Found              | ''                                                     | MODEL_GONE",
                "Not_Found              | Chat not found                                         | BUSY",
                "Unauthorized           | Token has expired                                      | EXPIRED",
                "Unauthorized           | ''                                                     | EXPIRED",
                "Forbidden              | ''                                                     | FORBIDDEN",
                "RequestValidationError | Field 'chat_id': Field required                        | BAD_INPUT",
                "invalid_input          | ''                                                     | BAD_INPUT",
                "data_inspection_failed | Content safety warning: the input data may contain ... | MODERATED",
                "data_inspection_failed | 内容安全警告：输入数据可能包含不适当的内容！                   | MODERATED",
                "''                     | 内容安全警告：输出内容可能包含不适当的内容！                   | MODERATED",
                "''                     | Content safety warning: output                         | MODERATED",
                "Internal_Server_Error  | ''                                                     | BUSY",
                "internal_error         | ''                                                     | BUSY",
                "''                     | Allocated quota exceeded, please increase your quota limit. #token-limit"
                        + " | RATE_LIMITED",
                "''                     | Request rate increased too quickly. To ensure system stability, ..."
                        + " | RATE_LIMITED",
                "''                     | The model is in high demand, try later                 | BUSY",
                "''                     | Range of input length should be [1, 129024]            | TOO_LONG",
                "something_new          | never seen                                             | UNKNOWN",
            })
    void a_code_in_the_envelope_means_the_same_whatever_the_status(String code, String details, FailureKind kind) {
        assertEquals(kind, of(200, envelope(code, details)).kind());
        assertEquals(kind, of(400, envelope(code, details)).kind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'success':false,'data':{'code':'RateLimited','message':'used up','num':4}}",
                "{'code':'RateLimited','detail':'used up','template':'{{num}}','num':4}",
                "{'success':true,'data':{'code':'RateLimited','num':'4'}}",
                "{'error':{'code':'RateLimited','num':4.0}}",
            })
    void every_shape_of_an_error_is_read(String json) {
        Failure failure = of(200, json.replace('\'', '"'));
        assertEquals(FailureKind.RATE_LIMITED, failure.kind());
        assertEquals(Duration.ofHours(4), failure.retryAfter());
        assertEquals("its quota is used up (RateLimited, for 4 h)", failure.detail());
    }

    @ParameterizedTest
    @CsvSource({
        "4, PT4H",
        "0, PT0S",
        "-3, PT0S",
        "0.5, PT30M",
        "24, PT24H",
        "25, PT24H",
        "1e300, PT24H",
        "1e999, PT24H",
        "'\"6\"', PT6H",
        "'\"soon\"', PT0S",
        "'\"NaN\"', PT0S",
        "'\"-1\"', PT0S",
        "null, PT0S",
        "[4], PT0S",
        "{}, PT0S",
        "true, PT0S",
    })
    void hours_to_wait_are_between_none_and_a_day(String num, Duration wait) {
        Failure failure = of(200, "{\"success\":false,\"data\":{\"code\":\"RateLimited\",\"num\":" + num + "}}");
        assertEquals(FailureKind.RATE_LIMITED, failure.kind());
        assertEquals(wait, failure.retryAfter());
    }

    @Test
    void hours_that_are_missing_come_from_the_header() {
        assertEquals(
                Duration.ofSeconds(90),
                of(200, Optional.of("429"), Optional.of("90"), envelope("RateLimited", ""))
                        .retryAfter());
        assertEquals(
                Duration.ofMinutes(5),
                of(429, Optional.empty(), Optional.of("9"), envelope("", "Request rate increased too quickly"))
                        .retryAfter());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "120                           | PT2M",
                "0                             | PT0S",
                "-5                            | PT0S",
                "99999999                      | PT24H",
                "99999999999999999999          | PT0S",
                "soon                          | PT0S",
                "Mon, 23 Nov 2026 12:03:00 GMT | PT3M",
                "Mon, 23 Nov 2026 11:00:00 GMT | PT0S",
                "Tue, 23 Nov 2027 12:00:00 GMT | PT24H",
            })
    void a_retry_after_is_seconds_or_a_date(String header, Duration wait) {
        assertEquals(
                Failure.rateLimited(wait, "the service asks for a pause (HTTP 429)"),
                of(429, Optional.empty(), Optional.of(header), "slow down"));
    }

    @ParameterizedTest
    @CsvSource({"captcha", "captchaconnect", "deny"})
    void the_firewalls_json_is_a_challenge_and_its_address_stays_secret(String action) {
        Failure failure = of(
                200,
                "{\"ret\":[\"FAIL_SYS_USER_VALIDATE\",\"RGV587_ERROR::SM::哎哟喂,被挤爆啦,请稍后重试\"],\"data\":{\"url\":"
                        + "\"https://chat.qwen.ai:443//api/v2/chat/completions/_____tmd_____/punish?x5secdata=xg0000secret"
                        + "&x5step=2&action=" + action + "&pureCaptcha=\"}}");
        assertEquals(FailureKind.CHALLENGED, failure.kind());
        assertFalse(failure.detail().contains("http"), failure.detail());
        assertFalse(failure.detail().contains("secret"), failure.detail());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ret\":[\"FAIL_SYS_USER_VALIDATE\"],\"data\":{}}",
                "{\"data\":{\"url\":\"https://chat.qwen.ai/_____tmd_____/punish?x5secdata=x\"}}",
            })
    void the_firewall_is_known_by_either_half_of_its_json(String json) {
        assertEquals(FailureKind.CHALLENGED, of(200, json).kind());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | <!doctypehtml><html><meta name=\"aliyun_waf_aa\"></html> | CHALLENGED",
                "200 | <title>Access Verification</title>                      | CHALLENGED",
                "200 | <html>anything</html>                                   | CHALLENGED",
                "405 | <html>405</html>                                        | CHALLENGED",
                "503 | <html>503</html>                                        | CHALLENGED",
                "504 | <div id=\"aliyun_waf_captcha\"></div>                   | CHALLENGED",
                "500 | <html>500</html>                                        | BROKEN",
                "502 | <html>502 Bad Gateway</html>                            | BROKEN",
                "504 | <html>504</html>                                        | BROKEN",
                "404 | <html>no such page</html>                               | BROKEN",
            })
    void a_page_is_a_challenge_unless_it_is_a_gateways(int status, String page, FailureKind kind) {
        assertEquals(kind, of(status, page).kind());
        assertEquals(kind, of(status, "\r\n  " + page).kind());
    }

    @ParameterizedTest
    @CsvSource({
        "400, BROKEN", "401, EXPIRED", "403, FORBIDDEN", "404, MODEL_GONE", "405, CHALLENGED", "407, UNREACHABLE",
        "413, TOO_LONG", "422, BAD_INPUT", "429, RATE_LIMITED", "500, BROKEN", "502, BROKEN", "503, BROKEN",
        "504, BROKEN", "200, BROKEN", "204, BROKEN",
    })
    void a_body_that_says_nothing_leaves_it_to_the_status(int status, FailureKind kind) {
        for (String body : new String[] {"", "words", "{", "{}", "[]", "{\"success\":true,\"data\":{}}"}) {
            assertEquals(kind, of(status, body).kind(), body);
            assertEquals(
                    kind,
                    of(200, Optional.of("" + status), Optional.empty(), body).kind(),
                    "x-actual " + body);
        }
    }

    @ParameterizedTest
    @CsvSource({"401, EXPIRED", "403, FORBIDDEN", "422, BAD_INPUT", "429, RATE_LIMITED", "500, BUSY", "400, BUSY"})
    void words_without_a_code_leave_it_to_the_status(int status, FailureKind kind) {
        Failure failure = of(status, "{\"detail\":\"Not authenticated\"}");
        assertEquals(kind, failure.kind());
        assertTrue(failure.forClient().contains("Not authenticated"), failure.forClient());
        assertFalse(failure.detail().contains("Not authenticated"), failure.detail());
    }

    @Test
    void the_status_that_the_service_means_wins_over_the_one_it_sends() {
        assertEquals(
                FailureKind.EXPIRED,
                of(200, Optional.of("401"), Optional.empty(), "").kind());
        assertEquals(
                FailureKind.EXPIRED,
                of(401, Optional.of("nonsense"), Optional.empty(), "").kind());
    }

    @Test
    void the_services_words_are_shown_short_printable_and_without_secrets() {
        String said = "see https://chat.qwen.ai/x?key=1 with eyJhbGciOiJIUzI1NiJ9.e30.abc \\u0000\\u001b[31m\\n"
                + "word ".repeat(100);
        Failure failure = of(200, envelope("odd", said));
        String told = failure.forClient();
        assertTrue(told.length() < 250, told);
        assertTrue(
                told.startsWith("the service reported an error (odd): see [address] with [token] [31m word word"),
                told);
        assertTrue(told.chars().noneMatch(Character::isISOControl), told);
        assertEquals("the service reported an error (odd)", failure.detail(), "what others may see");
    }

    @Test
    void words_in_the_place_of_a_code_are_for_the_client_alone() {
        Failure failure = of(400, envelope("no room for: my secret plan", "my secret plan"));
        assertEquals("the service reported an error", failure.detail());
        assertEquals("the service reported an error: no room for: my secret plan: my secret plan", failure.forClient());
    }
}
