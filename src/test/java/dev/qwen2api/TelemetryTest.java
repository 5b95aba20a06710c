package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What machines are told of the gateway. */
@Timeout(60)
class TelemetryTest {

    private static final String ADMIN = "sk-admin-0123456789";
    private static final List<Path> PROMTOOL =
            List.of(Path.of("/usr/bin/promtool"), Path.of("/usr/local/bin/promtool"));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void it_is_alive_without_an_account_but_not_ready_and_says_why() throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            assertEquals("{\"status\":\"ok\"}", bare(world, "/healthz").body);
            World.Reply reply = bare(world, "/readyz");
            assertEquals(503, reply.status);
            assertEquals("no_account", reply.json().path("code").asText());
            assertTrue(reply.json().path("reason").asText().contains("QWEN_COOKIES"), reply.body);
        }
    }

    @Test
    void it_is_ready_with_an_account_and_no_more_while_all_rest() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            assertEquals(200, bare(world, "/readyz").status);
            world.fake.faults().add(Refusals.rateLimited(2));
            world.chat("hello", false);
            World.Reply reply = bare(world, "/readyz");
            assertEquals(503, reply.status, reply.toString());
            assertEquals("rate_limit_exceeded", reply.json().path("code").asText());
            assertFalse(reply.body.contains("account_"), reply.body);
            assertEquals(reply.json().path("retryAfterSeconds").asText(), reply.header("Retry-After"));
        }
    }

    @Test
    void metrics_need_the_owners_key_until_the_owner_makes_them_public() throws Exception {
        try (World world = new World(folder, 0, Map.of("ADMIN_KEY", ADMIN))) {
            assertEquals(401, bare(world, "/metrics").status);
            assertEquals(401, world.get("/metrics").status);
            assertEquals(200, with(world, "/metrics", ADMIN).status);
            world.values.put("METRICS_PUBLIC", "true");
            world.save();
            assertEquals(List.of("METRICS_PUBLIC"), world.gateway.reload().changed());
            assertEquals(200, bare(world, "/metrics").status);
        }
    }

    @Test
    void answers_retries_tokens_and_accounts_are_counted() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.script().otherwise(Answer.text("well").usage(11, 7, 2));
            world.chat("one", true);
            world.fake.faults().add(Refusals.rateLimited(2).once());
            world.chat("two", false);
            world.get("/nothing/here");
            Map<String, String> told =
                    settled(world, "qwen2api_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"}");
            assertEquals(
                    "2",
                    told.get(
                            "qwen2api_http_requests_total{method=\"POST\",route=\"/v1/chat/completions\",status=\"200\"}"));
            assertEquals("2", told.get("qwen2api_time_to_first_token_seconds_count"));
            assertEquals("1", told.get("qwen2api_chat_retries_total"));
            assertEquals("1", told.get("qwen2api_upstream_failures_total{kind=\"rate_limited\"}"));
            assertEquals("22", told.get("qwen2api_tokens_total{model=\"qwen3.7-max\",direction=\"input\"}"));
            assertEquals("14", told.get("qwen2api_tokens_total{model=\"qwen3.7-max\",direction=\"output\"}"));
            assertEquals("2", told.get("qwen2api_answers_total{model=\"qwen3.7-max\"}"));
            assertEquals("1", told.get("qwen2api_accounts{state=\"active\"}"));
            assertEquals("1", told.get("qwen2api_accounts{state=\"limited\"}"));
            assertEquals("1", told.get("qwen2api_database_up"));
            assertEquals("0", told.get("qwen2api_answers_open"));
        }
    }

    @Test
    void an_answer_that_breaks_off_under_status_200_is_counted_too() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(StreamFaults.cleanEndWithoutFinished(1));
            assertEquals("upstream_error", world.chat("hello", true).errorCode());
            settled(world, "qwen2api_answers_broken_total{code=\"upstream_error\"}");
        }
    }

    @Test
    void a_client_cannot_make_the_page_grow() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            int before = page(world).size();
            for (int i = 0; i < 5; i++) {
                world.get("/v1/models/unknown-" + i);
                world.get("/unknown/" + i);
                world.post("/v1/chat/completions", World.body("x", false).replace("qwen-max", "model-" + i));
            }
            settled(
                    world,
                    "qwen2api_http_requests_total{method=\"POST\",route=\"/v1/chat/completions\",status=\"404\"}");
            assertTrue(
                    page(world).size() - before < 70,
                    "it grew by " + (page(world).size() - before));
            assertFalse(page(world).keySet().stream()
                    .anyMatch(line -> line.contains("unknown-") || line.contains("model-")));
        }
    }

    @Test
    void no_secret_is_on_the_page() throws Exception {
        try (World world = new World(folder, 2, Map.of("ADMIN_KEY", ADMIN))) {
            world.chat("a prompt like no other", false);
            String page = with(world, "/metrics", ADMIN).body;
            var secrets = new ArrayList<>(List.of(World.KEY, ADMIN, "like no other", world.user(1), world.user(2)));
            secrets.addAll(List.of(world.cookies().split("[;,=] ?")));
            secrets.stream()
                    .filter(text -> text.length() > 12)
                    .forEach(secret -> assertFalse(page.contains(secret), secret));
        }
    }

    @Test
    void promtool_finds_nothing_to_complain_about() throws Exception {
        Path promtool =
                PROMTOOL.stream().filter(Files::isExecutable).findFirst().orElse(Path.of(""));
        if (promtool.toString().isEmpty()) {
            System.err.println(
                    "SKIPPED: promtool (Debian's package prometheus) is not here, so /metrics was not checked with it");
        }
        assumeTrue(!promtool.toString().isEmpty(), "no promtool");
        try (World world = new World(folder, 2, Map.of())) {
            world.chat("hello", true);
            world.fake.faults().add(StreamFaults.cleanEndWithoutFinished(1));
            world.chat("hello", true);
            settled(world, "qwen2api_answers_broken_total{code=\"upstream_error\"}");
            var check = new ProcessBuilder(promtool.toString(), "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
            check.getOutputStream().write(world.get("/metrics").body.getBytes(StandardCharsets.UTF_8));
            check.getOutputStream().close();
            String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, check.waitFor(), said);
            assertEquals("", said);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"my-request.1", "A_b-9"})
    void a_request_keeps_the_name_that_its_client_gave_it(String id) throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            assertEquals(id, named(world, id));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "quote\"", "x/y"})
    void a_name_that_could_do_harm_in_a_log_is_replaced(String id) throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            assertTrue(Pattern.matches("[0-9a-f-]{36}", named(world, id)), named(world, id));
        }
    }

    private static String named(World world, String id) throws Exception {
        return send(HttpRequest.newBuilder(world.uri("/healthz")).header("x-request-id", id))
                .header("x-request-id");
    }

    private static World.Reply bare(World world, String path) throws Exception {
        return send(HttpRequest.newBuilder(world.uri(path)));
    }

    private static World.Reply with(World world, String path, String key) throws Exception {
        return send(HttpRequest.newBuilder(world.uri(path)).header("Authorization", "Bearer " + key));
    }

    private static World.Reply send(HttpRequest.Builder request) throws Exception {
        return new World.Reply(HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()));
    }

    /** The page once it has that line: a request is counted right after its client has read the last byte. */
    private static Map<String, String> settled(World world, String line) throws Exception {
        while (true) {
            Map<String, String> page = page(world);
            if (page.containsKey(line)) {
                return page;
            }
            Thread.onSpinWait();
        }
    }

    private static Map<String, String> page(World world) throws Exception {
        var lines = new LinkedHashMap<String, String>();
        world.get("/metrics").body.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int end = line.lastIndexOf(' ');
            lines.put(line.substring(0, end), line.substring(end + 1));
        });
        return lines;
    }
}
