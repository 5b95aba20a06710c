package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.Routes.RouteAccess;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.util.VirtualThreads;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The route table and what stands before it, request by request. */
@Timeout(30)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutesTest {

    private static final String AUTHORIZED = "Authorization: Bearer " + TestServer.KEY + "\r\n";

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer(
                (conversation, sink) -> Gate.say(sink, true, "hi"),
                TestServer.LIMITS,
                table -> table.get("/api/thing", ctx -> ctx.result("managed"), RouteAccess.ADMIN)
                        .get("/api/forgotten", ctx -> ctx.result("secret"))
                        .get("/api/thread", ctx -> ctx.result("" + VirtualThreads.isVirtualThread()), RouteAccess.OPEN)
                        .get("/api/broken", RoutesTest::overflow, RouteAccess.OPEN)
                        .get("/api/refused", RoutesTest::refuse, RouteAccess.OPEN)
                        .get("/api/wait/{kind}/{seconds}", RoutesTest::waitFor, RouteAccess.OPEN));
    }

    private static void waitFor(Context ctx) {
        Duration wait = Duration.ofSeconds(Long.parseLong(ctx.pathParam("seconds")));
        throw Problem.retryable(ProblemKind.valueOf(ctx.pathParam("kind")), "Wait.", wait)
                .toException();
    }

    private static void overflow(Context ctx) {
        throw new StackOverflowError();
    }

    private static void refuse(Context ctx) {
        throw new Wrapped(Problem.of(ProblemKind.NO_ACCOUNT, "none").toException());
    }

    private static final class Wrapped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Wrapped(Throwable cause) {
            super("wrapped", cause);
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /,                       200",
        "HEAD,   /,                       200",
        "GET,    /models,                 200",
        "HEAD,   /models,                 200",
        "GET,    /v1/models,              401",
        "HEAD,   /v1/models,              401",
        "GET,    /v1/models/qwen-max,     401",
        "GET,    /v1/models/,             401",
        "POST,   /v1/chat/completions,    401",
        "GET,    /v1/chat/completions,    405",
        "DELETE, /v1/models,              405",
        "TRACE,  /v1/models,              405",
        "TRACE,  /,                       405",
        "GET,    /nowhere,                404",
        "BREW,   /nowhere,                404",
        "GET,    /v1,                     404",
        "GET,    /api/thing,              401",
        "GET,    /api/forgotten,          401",
        "HEAD,   /api/thing,              401",
        "GET,    //v1/models,             401",
        "GET,    /v1//models,             401",
        "GET,    /v1/v1/models,           401",
        "GET,    /v1/v1//models/,         401",
        "GET,    /models/qwen-max,        401",
        "POST,   /chat/completions,       401",
        "POST,   /v1/v1/chat/completions, 401",
        "POST,   /v1/chat/completions/,   401",
        "POST,   /chat/nowhere,           404",
        "GET,    //api//thing,            401",
        "GET,    /v1/../v1/models,        404",
    })
    void without_a_key(String method, String path, int status) throws IOException {
        RawClient.Answer answer = ask(method, path, "");
        assertEquals(status, answer.status());
        if (status >= 400 && !method.equals("HEAD")) {
            assertTrue(answer.body().startsWith("{\"error\":{"), answer.body());
            assertEquals("application/json", answer.header("content-type"));
        }
    }

    /** It may be served under a path of its own, such as {@code /qwen/}. */
    @ParameterizedTest
    @CsvSource({
        "/, '=\"/'",
        "/dashboard/api.js, fetch(path",
        "/dashboard/live.js, fetch('/",
        "/dashboard/main.js, fetch('/"
    })
    void the_dashboard_asks_for_nothing_by_an_absolute_path(String file, String absolute) throws Exception {
        RawClient.Answer reply = ask("GET", file, "Accept: text/html\r\n");
        assertEquals(200, reply.status());
        assertFalse(reply.body().contains(absolute), file);
    }

    @Test
    void a_model_is_found_by_its_name_slashes_and_all() throws IOException {
        String slashed = "{\"id\":\"qwen/with slash\",\"object\":\"model\",\"created\":0,\"owned_by\":\"qwen\"}";
        assertEquals(
                slashed, ask("GET", "/v1/models/qwen/with%20slash", AUTHORIZED).body());
        assertEquals(
                slashed,
                ask("GET", "/v1/models/qwen%2Fwith%20slash", AUTHORIZED).body());
        RawClient.Answer none = ask("GET", "/v1/models/gpt-9", AUTHORIZED);
        assertEquals(404, none.status());
        assertTrue(none.body().contains("model_not_found"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/v1/chat/completions",
                "//v1/chat/completions",
                "/v1//chat//completions",
                "/v1/chat/completions/",
                "/chat/completions",
                "/chat/completions?x=//v1/v1",
            })
    void a_base_url_that_is_nearly_right_is_served(String path) throws IOException {
        try (var client = server.client()) {
            String request = RawClient.request(path, "{\"model\":\"m\",\"text\":\"hi\"}");
            RawClient.Answer answer = client.send(request).answer();
            assertEquals(200, answer.status(), answer.body());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/embeddings,            embeddings",
        "/v1/v1/embeddings,         embeddings",
        "/v1/audio/transcriptions,  audio",
        "/v1/files,                 files",
        "/v1/rerank,                rerank",
        "/v1/nonsense,              /v1/chat/completions",
        "/nowhere,                  /v1/chat/completions",
        "/api/nowhere,              /api/addAccount",
    })
    void a_path_that_does_not_exist_says_what_does(String path, String expected) throws IOException {
        RawClient.Answer answer = ask("POST", path, AUTHORIZED);
        assertEquals(404, answer.status());
        assertTrue(answer.body().contains(expected), answer.body());
        assertFalse(answer.body().contains("ends in /v1"), answer.body());
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED,          5,     5,  '',    5 s",
        "RATE_LIMITED,          60,    60, '',    1 min",
        "RATE_LIMITED,          61,    '', false, 2 min",
        "RATE_LIMITED,          14400, '', false, 4 h",
        "OVERLOADED,            600,   '', false, 10 min",
        "VERIFICATION_REQUIRED, 30,    '', false, 30 s",
        "SESSION_EXPIRED,       30,    '', false, 30 s",
    })
    void only_a_short_wait_is_a_header_and_every_wait_is_in_the_message(
            String kind, int seconds, String retryAfter, String shouldRetry, String words) throws IOException {
        RawClient.Answer answer = ask("GET", "/api/wait/" + kind + "/" + seconds, "");
        assertEquals(retryAfter, answer.header("retry-after"));
        assertEquals(shouldRetry, answer.header("x-should-retry"));
        assertTrue(answer.body().contains("in about " + words), answer.body());
    }

    @Test
    void a_wrong_method_is_named() throws IOException {
        String body = ask("GET", "/v1/chat/completions", AUTHORIZED).body();
        assertTrue(body.contains("GET") && body.contains("POST"), body);
    }

    @Test
    void a_wrong_method_is_told_the_right_ones() throws IOException {
        assertEquals("GET, HEAD", ask("POST", "/v1/models", AUTHORIZED).header("allow"));
        assertEquals(
                "POST",
                ask("GET", "/v1/chat/completions", "Accept: text/html\r\n").header("allow"));
    }

    @Test
    void head_has_the_headers_of_get_and_no_body() throws IOException {
        try (var client = server.client()) {
            client.send("HEAD /models HTTP/1.1\r\nHost: t\r\n\r\n");
            RawClient.Answer head = client.answer("HEAD");
            assertEquals("application/json", head.header("content-type"));
            client.send("GET /models HTTP/1.1\r\nHost: t\r\n\r\n");
            RawClient.Answer get = client.answer("GET");
            assertEquals(head.header("content-length"), get.header("content-length"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer sk-test-key",
                "Authorization: bearer   sk-second ",
                "authorization: BEARER sk-test-key",
                "Authorization: sk-test-key",
                "authorization:  sk-second ",
                "x-api-key: sk-test-key",
                "X-Api-Key: sk-second\r\nAuthorization: Bearer wrong",
                "x-api-key: wrong\r\nAuthorization: Bearer sk-test-key",
                "Authorization: Basic abc\r\nx-api-key: sk-test-key",
            })
    void a_key_may_come_in_several_ways(String headers) throws IOException {
        assertEquals(200, ask("GET", "/v1/models", headers + "\r\n").status());
        assertEquals(200, ask("GET", "/api/thing", headers + "\r\n").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer",
                "Authorization: Bearer ",
                "Authorization: Bearer sk-test-key2",
                "Authorization: Bearer SK-TEST-KEY",
                "Authorization: Token sk-test-key",
                "x-api-key:",
                "Cookie: x-api-key=sk-test-key",
            })
    void a_wrong_key_is_refused_and_never_repeated(String header) throws IOException {
        RawClient.Answer answer = ask("GET", "/v1/models", header + "\r\n");
        assertEquals(401, answer.status());
        assertEquals("Bearer", answer.header("www-authenticate"));
        assertTrue(answer.body().contains("invalid_api_key"));
        assertTrue(answer.body().contains("Authorization: Bearer <key>"));
        assertFalse(answer.body().toLowerCase(Locale.ROOT).contains("sk-"));
    }

    @Test
    void a_key_in_the_address_is_no_key() throws IOException {
        assertEquals(401, ask("GET", "/v1/models?key=" + TestServer.KEY, "").status());
    }

    @Test
    void keys_may_be_exchanged_while_it_runs() throws IOException {
        try (var other = new TestServer(
                (conversation, sink) -> Gate.say(sink, true, "hi"),
                TestServer.LIMITS,
                table -> table.get("/api/thing", ctx -> ctx.result("managed"), RouteAccess.ADMIN))) {
            other.keys.replace(KeySet.of(List.of("new")).withAdmin("boss"));
            assertEquals(401, ask(other, "GET", "/v1/models", AUTHORIZED).status());
            assertEquals(
                    200, ask(other, "GET", "/v1/models", "x-api-key: new\r\n").status());
            assertEquals(
                    401, ask(other, "GET", "/api/thing", "x-api-key: new\r\n").status());
            assertEquals(
                    200, ask(other, "GET", "/api/thing", "x-api-key: boss\r\n").status());
            assertEquals(
                    200, ask(other, "GET", "/v1/models", "x-api-key: boss\r\n").status());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"apiKey\":\"sk-test-key\"} | 200 | {\"status\":200,\"message\":\"success\",\"isAdmin\":false}",
                "{\"apiKey\":\"wrong\"}       | 401 | {\"status\":401,\"message\":\"Unauthorized\"}",
                "{\"apiKey\":\"\"}            | 401 | {\"status\":401,\"message\":\"Unauthorized\"}",
            })
    void verify_answers_in_the_shape_of_the_reference(String body, int status, String expected) throws IOException {
        try (var client = server.client()) {
            RawClient.Answer answer =
                    client.send(RawClient.request("/verify", body)).answer();
            assertEquals(status, answer.status());
            assertEquals(expected, answer.body());
            assertEquals("application/json", answer.header("content-type"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{}", "{\"apiKey\":1}", "{\"apiKey\":null}", "nonsense"})
    void verify_refuses_what_it_cannot_read_in_its_own_shape(String body) throws IOException {
        try (var client = server.client()) {
            RawClient.Answer answer =
                    client.send(RawClient.request("/verify", body)).answer();
            assertEquals(400, answer.status());
            assertTrue(answer.body().startsWith("{\"status\":400,\"message\":\""), answer.body());
        }
    }

    @Test
    void verify_refuses_other_methods_in_its_own_shape() throws IOException {
        RawClient.Answer answer = ask("GET", "/verify", "");
        assertEquals(405, answer.status());
        assertEquals("POST", answer.header("allow"));
        assertTrue(answer.body().startsWith("{\"status\":405,\"message\":\""), answer.body());
    }

    @Test
    void verify_knows_the_administrator() throws IOException {
        try (var other = new TestServer((conversation, sink) -> {});
                var client = other.client()) {
            other.keys.replace(KeySet.of(List.of("new")).withAdmin("boss"));
            assertEquals(
                    "{\"status\":200,\"message\":\"success\",\"isAdmin\":true}",
                    client.send(RawClient.request("/verify", "{\"apiKey\":\"boss\"}"))
                            .answer()
                            .body());
        }
    }

    @Test
    void a_request_keeps_the_name_it_brings_and_gets_one_otherwise() throws IOException {
        assertEquals("my.id_1-2", ask("GET", "/", "x-request-id: my.id_1-2\r\n").header("x-request-id"));
        assertEquals("my.id", ask("GET", "/nowhere", "x-request-id: my.id\r\n").header("x-request-id"));
        String first = ask("GET", "/", "").header("x-request-id");
        assertNotEquals(first, ask("GET", "/", "").header("x-request-id"));
        assertEquals(36, first.length());
        for (String bad : new String[] {"a b", "x".repeat(65), "<script>", "é"}) {
            assertEquals(
                    36,
                    ask("GET", "/", "x-request-id: " + bad + "\r\n")
                            .header("x-request-id")
                            .length());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/models", "/nowhere", "/api/thing", "/"})
    void every_route_answers_a_preflight(String path) throws IOException {
        RawClient.Answer answer = ask(
                "OPTIONS",
                path,
                "Origin: https://page.example\r\nAccess-Control-Request-Method: POST\r\n"
                        + "Access-Control-Request-Headers: authorization,x-stainless-lang,x-request-id\r\n");
        assertEquals(204, answer.status());
        assertEquals("*", answer.header("access-control-allow-origin"));
        assertTrue(answer.header("access-control-allow-methods").contains("POST"));
        assertEquals("authorization,x-stainless-lang,x-request-id", answer.header("access-control-allow-headers"));
        assertEquals("", answer.header("access-control-allow-credentials"));
        assertEquals("", answer.header("content-length"));
    }

    @Test
    void a_page_may_read_answers_and_errors() throws IOException {
        for (String path : new String[] {"/models", "/v1/models", "/nowhere"}) {
            RawClient.Answer answer = ask("GET", path, "Origin: https://page.example\r\n");
            assertEquals("*", answer.header("access-control-allow-origin"));
            List<String> exposed =
                    List.of(answer.header("access-control-expose-headers").split(", "));
            assertTrue(exposed.containsAll(
                    List.of("x-request-id", "retry-after", "x-qwen2api-channel", "x-qwen2api-shortened")));
        }
        assertEquals("", ask("GET", "/models", "").header("access-control-allow-origin"));
    }

    @Test
    void origins_may_be_restricted_while_it_runs() throws IOException {
        try (var other = new TestServer((conversation, sink) -> {})) {
            other.cors.replace(List.of("https://a.example/", "https://b.example"));
            RawClient.Answer good = ask(other, "GET", "/models", "Origin: https://a.example\r\n");
            assertEquals("https://a.example", good.header("access-control-allow-origin"));
            assertEquals("Origin", good.header("vary"));
            RawClient.Answer bad = ask(other, "GET", "/models", "Origin: https://evil.example\r\n");
            assertEquals(200, bad.status());
            assertEquals("", bad.header("access-control-allow-origin"));
            RawClient.Answer preflight =
                    ask(other, "OPTIONS", "/models", "Origin: null\r\nAccess-Control-Request-Method: GET\r\n");
            assertEquals(204, preflight.status());
            assertEquals("", preflight.header("access-control-allow-origin"));
        }
    }

    @Test
    void an_error_of_the_jvm_is_a_problem_like_any_other() throws IOException {
        RawClient.Answer answer = ask("GET", "/api/broken", "");
        assertEquals(500, answer.status());
        assertTrue(answer.body().contains("internal_error"));
    }

    @Test
    void a_problem_is_found_inside_what_wraps_it() throws IOException {
        assertTrue(ask("GET", "/api/refused", "").body().contains("no_account"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1\\r\\n\\r\\n                              | 400",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n    | 400",
                "GARBAGE\\r\\n\\r\\n                                     | 400",
                "GET / HTTP/9.9\\r\\nHost: a\\r\\n\\r\\n                 | 505",
                "GET /%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n              | 400",
                "GET / HTTP/1.1\\r\\nHost: a\\r\\nbad header\\r\\n\\r\\n | 400",
                "POST /verify HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n | 400",
            })
    void malformed_http_is_refused_in_json_too(String request, int status) throws IOException {
        try (var client = server.client()) {
            RawClient.Answer answer =
                    client.send(request.replace("\\r\\n", "\r\n")).answer();
            assertEquals(status, answer.status());
            assertEquals("application/json", answer.header("content-type"));
            assertTrue(answer.body().startsWith("{\"error\":{"), answer.body());
            assertEquals(36, answer.header("x-request-id").length());
            assertTrue(client.serverCloses());
        }
    }

    @Test
    void headers_of_a_size_that_no_client_sends_are_refused() throws IOException {
        RawClient.Answer answer = ask("GET", "/", "Cookie: " + "c".repeat(20_000) + "\r\n");
        assertEquals(431, answer.status());
        assertTrue(answer.body().contains("request_too_large"));
        assertEquals(
                200, ask("GET", "/", "Cookie: " + "c".repeat(12_000) + "\r\n").status());
    }

    @Test
    void nothing_tells_what_the_server_is_made_of() throws IOException {
        for (String path : new String[] {"/", "/nowhere", "/%zz"}) {
            RawClient.Answer answer = ask("GET", path, "");
            assertEquals("", answer.header("server"));
            assertEquals("", answer.header("x-powered-by"));
            assertFalse(answer.body().contains("etty"));
            assertFalse(answer.body().contains("avalin"));
        }
    }

    @Test
    void a_web_socket_is_not_opened() throws IOException {
        RawClient.Answer answer = ask(
                "GET",
                "/v1/models",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n");
        assertTrue(answer.status() >= 400, "status " + answer.status());
        assertTrue(answer.body().startsWith("{\"error\":{"), answer.body());
    }

    @Test
    void requests_run_on_virtual_threads_where_the_jvm_has_them() throws IOException {
        String virtual = ask("GET", "/api/thread", "").body();
        assertEquals(Boolean.toString(Runtime.version().feature() >= 21), virtual);
    }

    @Test
    void a_trace_repeats_nothing() throws IOException {
        RawClient.Answer answer = ask("TRACE", "/", "Authorization: Bearer hidden-words\r\n");
        assertEquals(405, answer.status());
        assertFalse(answer.body().contains("hidden-words"));
    }

    private RawClient.Answer ask(String method, String path, String headers) throws IOException {
        return ask(server, method, path, headers);
    }

    private static RawClient.Answer ask(TestServer server, String method, String path, String headers)
            throws IOException {
        String request = method + " " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n";
        try (var client = server.client()) {
            return client.send(request.getBytes(StandardCharsets.UTF_8)).answer(method);
        }
    }
}
