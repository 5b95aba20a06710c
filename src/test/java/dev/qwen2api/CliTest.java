package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.ClosedPort;
import dev.qwen2api.fakeqwen.Completion;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeOauth;
import dev.qwen2api.fakeqwen.PortalFaults;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.Request;
import dev.qwen2api.fakeqwen.WireFaults;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CLI channel, from a client's socket to the portal's and back. */
@Timeout(60)
class CliTest {

    private static final String CHAT = "/cli/v1/chat/completions";
    private static final String NOBODY = "{\"error\":\"没有可用的CLI账户，请稍后重试\"}";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static World.Reply ask(World world, String prompt, boolean stream) throws Exception {
        return world.post(CHAT, World.body(prompt, stream));
    }

    private static JsonNode health(World world, int account) throws Exception {
        return health(world, world.gateway, account);
    }

    private static JsonNode health(World world, Gateway gateway, int account) throws Exception {
        return world.get(gateway, "/api/accountsHealth").json().at("/data/accounts/" + (account - 1));
    }

    private static void awaitCredential(World world, int account) throws Exception {
        Eventually.holds(
                "a credential", () -> health(world, account).path("hasCliInfo").asBoolean());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_first_request_obtains_a_credential_and_is_answered_with_it(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            assertEquals(List.of(), world.fake.recorder().requests(Endpoint.DEVICE_CODE), "nothing is asked before");

            World.Reply reply = ask(world, "echo: well", stream);

            assertEquals(200, reply.status, reply.toString());
            assertEquals("well", reply.text());
            assertEquals(stream, reply.isDone());
            assertEquals("", reply.header("X-Qwen2API-Channel"));
            Request sent = world.fake.recorder().last(Endpoint.PORTAL).orElseThrow();
            assertTrue(sent.header("user-agent").orElse("").startsWith("QwenCode/"), "the portal asks for it");
            assertEquals("qwen-oauth", sent.header("x-dashscope-authtype").orElse(""));
            assertEquals("", sent.header("cookie").orElse(""), "no cookie leaves for the portal");
        }
    }

    @Test
    void a_base_url_that_is_nearly_right_is_served() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            for (String path : List.of(
                    "/cli/chat/completions",
                    "/cli/v1/v1/chat/completions",
                    "//cli//v1/chat/completions/",
                    "/cli/v1/v1/responses")) {
                String body = path.contains("responses")
                        ? "{\"model\":\"coder-model\",\"input\":\"echo: well\"}"
                        : World.body("echo: well", false);
                World.Reply reply = world.post(path, body);
                assertEquals(200, reply.status, path + " " + reply);
                assertTrue(reply.body.contains("well"), reply.body);
            }
            World.Reply unknown = world.post("/cli/nowhere", World.body("hi", false));
            assertEquals(404, unknown.status);
            assertTrue(unknown.body.contains("/cli/v1/responses"), unknown.body);
        }
    }

    @Test
    void a_second_request_uses_the_credential_of_the_first() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ask(world, "one", true);
            ask(world, "two", false);
            assertEquals(1, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
            assertEquals(2, world.fake.recorder().requests(Endpoint.PORTAL).size());
        }
    }

    @Test
    void with_a_token_the_body_goes_up_cached_pruned_and_with_a_model_that_the_portal_has() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.post(
                    CHAT,
                    "{\"model\":\"gpt-4o\",\"seed\":7,\"top_p\":0.5,\"tools\":[],\"unknown\":{\"kept\":[1,null]},\"messages\":["
                            + "{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"hi\"},"
                            + "{\"role\":\"developer\",\"content\":\"Be kind.\"}]}");

            assertEquals(
                    JSON.readTree("{\"model\":\"coder-model\",\"top_p\":0.5,\"unknown\":{\"kept\":[1,null]},"
                            + "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":["
                            + "{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"Be brief.\"},"
                            + "{\"type\":\"text\",\"text\":\"Be kind.\",\"cache_control\":{\"type\":\"ephemeral\"}}]},"
                            + "{\"role\":\"user\",\"content\":\"hi\"}]}"),
                    world.fake.recorder().last(Endpoint.PORTAL).orElseThrow().json());
        }
    }

    @Test
    void with_an_official_key_every_field_of_the_request_goes_up() throws Exception {
        try (World world = new World(folder, 0, Map.of("CLI_API_KEY", "sk-official"))) {
            world.fake.oauth().allowKey("sk-official");
            String body = "{\"model\":\"qwen3-coder-plus\",\"seed\":7,\"user\":\"u\",\"unknown\":{\"kept\":[1,null]},"
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"hi \\ud83d\\ude00\"}]}";

            World.Reply reply = world.post(CHAT, body);

            assertEquals(200, reply.status, reply.toString());
            Request sent = world.fake.recorder().last(Endpoint.PORTAL).orElseThrow();
            String streamed = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
            assertEquals(JSON.readTree(body.substring(0, body.length() - 1) + streamed), sent.json());
            assertEquals("Bearer sk-official", sent.header("authorization").orElse(""));
        }
    }

    @Test
    void native_tool_calls_come_down_as_the_portal_wrote_them() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            Answer called = Answer.empty()
                    .think("Hm")
                    .chunks("I ", "look.")
                    .call("call_1", "look", "{\"at\":\"it\"}")
                    .call("call_2", "write", "{\"path\":\"a\\\\b \\\"c\\\"\"}")
                    .usage(7, 3);
            world.fake.script().otherwise(called);

            World.Reply reply = ask(world, "look", true);

            assertEquals(story(straight(world)), story(reply.events()));
            assertTrue(reply.isDone());
        }
    }

    /** Thinking and words piece by piece, calls with their arguments put together, and the reason of the end. */
    private static List<String> story(List<JsonNode> events) {
        var pieces = new ArrayList<String>();
        var arguments = new TreeMap<Integer, String>();
        for (JsonNode event : events) {
            JsonNode choice = event.path("choices").path(0);
            for (String name : List.of("reasoning_content", "content")) {
                String text = choice.path("delta").path(name).asText("");
                if (!text.isEmpty()) {
                    pieces.add(name + " " + text);
                }
            }
            for (JsonNode call : choice.path("delta").path("tool_calls")) {
                if (call.has("id")) {
                    pieces.add(call.path("id").asText() + " "
                            + call.at("/function/name").asText());
                }
                arguments.merge(
                        call.path("index").asInt(),
                        call.at("/function/arguments").asText(""),
                        String::concat);
            }
            if (choice.path("finish_reason").isTextual()) {
                pieces.add(choice.path("finish_reason").asText());
            }
        }
        pieces.addAll(arguments.values());
        return pieces;
    }

    /** What the portal says to the very same request without a gateway between. */
    private static List<JsonNode> straight(World world) throws Exception {
        Request sent = world.fake.recorder().last(Endpoint.PORTAL).orElseThrow();
        HttpRequest again = HttpRequest.newBuilder(URI.create(world.fake.baseUrl() + "/v1/chat/completions"))
                .header("authorization", sent.header("authorization").orElseThrow())
                .POST(BodyPublishers.ofByteArray(sent.body()))
                .build();
        return new World.Reply(HttpClient.newHttpClient().send(again, BodyHandlers.ofString())).events();
    }

    @Test
    void the_cost_is_told_to_those_who_ask_and_counted_for_the_account() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("counted").usage(11, 7));
            String body = World.body("count", true);
            World.Reply reply = world.post(
                    CHAT, body.substring(0, body.length() - 1) + ",\"stream_options\":{\"include_usage\":true}}");
            JsonNode last = reply.events().get(reply.events().size() - 1);
            assertEquals(11, last.at("/usage/prompt_tokens").asInt(), reply.toString());
            assertFalse(ask(world, "count", true).body.contains("\"usage\""));
            assertEquals(36, health(world, 1).path("tokensToday").asInt());
            assertEquals(2, health(world, 1).path("cliRequestNumber").asInt());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void without_any_credential_the_answer_is_503_and_the_words_that_clients_know(boolean stream) throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            World.Reply reply = ask(world, "hello", stream);
            assertEquals(503, reply.status);
            assertEquals(NOBODY, reply.body);
            assertEquals("application/json", reply.header("Content-Type"));
        }
    }

    @Test
    void an_account_that_is_refused_is_named_and_not_asked_about_again() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(CliFaults.oauth(Endpoint.OAUTH_TOKEN, "access_denied"));
            for (int i = 0; i < 3; i++) {
                World.Reply reply = ask(world, "hello", true);
                assertEquals(503, reply.status, reply.toString());
                assertEquals(NOBODY, reply.body);
            }
            assertEquals(1, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
            JsonNode row = health(world, 1);
            assertFalse(row.path("hasCliInfo").asBoolean());
            assertEquals("unsupported", row.path("cliState").asText());
            assertTrue(row.path("cliReason").asText().contains("access_denied"), row.toString());
            assertTrue(row.path("isHealthy").asBoolean(), "the web channel is none the worse");
            assertEquals(200, world.chat("echo: well", true).status);
            world.gateway.close();
            try (Gateway next = world.another()) {
                next.start();
                assertEquals(
                        "unsupported", health(world, next, 1).path("cliState").asText());
                assertEquals(503, world.post(next, CHAT, World.body("hello", true)).status);
            }
            assertEquals(1, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size(), "kept over a restart");
        }
    }

    @Test
    void the_credential_and_the_count_are_there_after_a_restart() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ask(world, "one", true);
            ask(world, "two", false);
            world.gateway.close();
            try (Gateway next = world.another()) {
                next.start();
                assertEquals(2, health(world, next, 1).path("cliRequestNumber").asInt());
                assertEquals("ready", health(world, next, 1).path("cliState").asText());
                World.Reply reply = world.post(next, CHAT, World.body("echo: again", true));
                assertEquals("again", reply.text(), reply.toString());
            }
            assertEquals(1, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
        }
    }

    @Test
    void accounts_take_turns_and_one_at_its_limit_is_passed_over() throws Exception {
        try (World world = new World(folder, 2, Map.of("CLI_DAILY_LIMIT", "2"))) {
            ask(world, "first", true);
            awaitCredential(world, 1);
            awaitCredential(world, 2);
            for (int i = 0; i < 3; i++) {
                assertEquals(200, ask(world, "more", false).status);
            }
            World.Reply reply = ask(world, "too much", true);
            assertEquals(503, reply.status, reply.toString());
            assertEquals(NOBODY, reply.body);
            assertEquals("", reply.header("Retry-After"), "midnight is longer than a minute away");
            assertEquals("false", reply.header("X-Should-Retry"));
            for (int account = 1; account <= 2; account++) {
                assertEquals(
                        2,
                        world.fake.recorder().completions(world.user(account)).size());
                assertEquals("limited", health(world, account).path("cliState").asText());
                assertEquals(2, health(world, account).path("cliRequestNumber").asInt());
            }
        }
    }

    @Test
    void the_credential_of_a_deleted_account_is_forgotten_at_once() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ask(world, "one", true);
            assertEquals(200, world.send("DELETE", "/api/deleteAccount/1", World.KEY).status);
            assertEquals(503, ask(world, "two", true).status);
            String cookie = world.fake.accounts().cookie(world.user(1));
            String added = JSON.createObjectNode()
                    .put("num", "1")
                    .put("cookie", cookie)
                    .toString();
            assertEquals(200, world.post("/api/addAccount", added).status);
            assertEquals(0, health(world, 1).path("cliRequestNumber").asInt());
            assertEquals("well", ask(world, "echo: well", true).text());
            assertEquals(2, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
        }
    }

    @Test
    void a_beginning_of_names_in_the_map_goes_to_the_key_as_the_name_that_it_stands_for() throws Exception {
        var settings = Map.of("CLI_API_KEY", "sk-official", "MODEL_MAP", "claude-*=qwen3-coder-plus");
        try (World world = new World(folder, 0, settings)) {
            world.fake.oauth().allowKey("sk-official");
            World.Reply reply = world.post(CHAT, World.body("echo: well", true).replace("qwen-max", "claude-opus-5"));
            assertEquals("well", reply.text(), reply.toString());
            assertEquals("claude-opus-5", reply.events().get(0).path("model").asText());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_dead_token_is_renewed_and_the_request_is_sent_once_more(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ask(world, "one", true);
            world.fake.faults().add(PortalFaults.invalidKey401().once());

            World.Reply reply = ask(world, "echo: well", stream);

            assertEquals(200, reply.status, reply.toString());
            assertEquals("well", reply.text());
            assertEquals(1, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
            assertEquals(2, world.fake.recorder().requests(Endpoint.OAUTH_TOKEN).size(), "one grant, one renewal");
            assertEquals(2, health(world, 1).path("cliRequestNumber").asInt());
        }
    }

    @Test
    void many_requests_that_meet_a_dead_token_share_one_renewal() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ask(world, "one", true);
            String token = world.fake
                    .recorder()
                    .last(Endpoint.PORTAL)
                    .orElseThrow()
                    .token()
                    .orElseThrow();
            world.fake.oauth().expire(token);
            askAtOnce(world, 8);
            long renewals = world.fake.recorder().requests(Endpoint.OAUTH_TOKEN).stream()
                    .filter(request -> request.text().contains("grant_type=refresh_token"))
                    .count();
            assertEquals(1, renewals);
        }
    }

    @Test
    void a_renewal_that_is_refused_leads_to_a_new_credential_before_the_client_notices() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ask(world, "one", true);
            Request sent = world.fake.recorder().last(Endpoint.PORTAL).orElseThrow();
            world.fake.oauth().expire(sent.token().orElseThrow());
            world.fake
                    .faults()
                    .add(CliFaults.oauth(Endpoint.OAUTH_TOKEN, "invalid_request")
                            .once());

            World.Reply reply = ask(world, "echo: well", true);

            assertEquals("well", reply.text(), reply.toString());
            assertEquals(2, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
        }
    }

    /** The next credential that is granted ends in a minute. */
    private static void grantShortLife(World world) {
        FakeOauth.Grant grant = world.fake.oauth().issue(world.user(1));
        world.fake
                .faults()
                .add(Refusals.reply(Reply.json("{\"access_token\":\"" + grant.accessToken()
                                + "\",\"refresh_token\":\"" + grant.refreshToken() + "\",\"expires_in\":60,"
                                + "\"resource_url\":\"" + world.fake.baseUrl() + "\"}"))
                        .on(Endpoint.OAUTH_TOKEN)
                        .once());
    }

    @Test
    void a_token_that_is_about_to_end_is_renewed_before_it_is_used() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            grantShortLife(world);
            assertEquals("well", ask(world, "echo: well", true).text());
            assertEquals(2, world.fake.recorder().requests(Endpoint.OAUTH_TOKEN).size());
            assertEquals(1, world.fake.recorder().requests(Endpoint.PORTAL).size(), "never sent with the old one");
        }
    }

    @Test
    void a_token_that_cannot_be_renewed_now_is_used_as_long_as_it_is_good() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            grantShortLife(world);
            world.fake.faults().add(Refusals.http502Html().on(Endpoint.OAUTH_TOKEN));
            assertEquals("well", ask(world, "echo: well", true).text());
        }
    }

    @Test
    void many_first_requests_share_one_device_flow() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            askAtOnce(world, 8);
            assertEquals(1, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
        }
    }

    private static void askAtOnce(World world, int requests) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        var all = IntStream.range(0, requests)
                .mapToObj(i -> http.sendAsync(
                        HttpRequest.newBuilder(world.uri(CHAT))
                                .header("Authorization", "Bearer " + World.KEY)
                                .POST(BodyPublishers.ofString(World.body("echo: " + i, true)))
                                .build(),
                        BodyHandlers.ofString()))
                .toList();
        for (var each : all) {
            assertEquals(200, each.get().statusCode(), each.get().body());
        }
    }

    @Test
    void a_client_is_kept_awake_while_the_portal_thinks_and_told_in_the_stream_when_it_fails() throws Exception {
        var settings = Map.of("HEARTBEAT_SECONDS", "1", "FIRST_BYTE_TIMEOUT_SECONDS", "2");
        try (World world = new World(folder, 1, settings)) {
            world.fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.PORTAL));
            World.Reply reply = ask(world, "hello", true);
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.body.startsWith("data: {\"id\":\"chatcmpl-"), reply.body);
            assertTrue(reply.body.contains("\"delta\":{\"role\":\"assistant\"}"), reply.body);
            assertEquals("upstream_timeout", reply.errorCode());
            assertFalse(reply.isDone());
        }
    }

    @Test
    void the_key_serves_when_no_account_can() throws Exception {
        try (World world = new World(folder, 1, Map.of("CLI_API_KEY", "sk-official"))) {
            world.fake.oauth().allowKey("sk-official");
            world.fake.faults().add(CliFaults.oauth(Endpoint.DEVICE_CODE, "invalid_client"));
            World.Reply reply = ask(world, "echo: well", true);
            assertEquals(404, reply.status, "the portal has no such model, and a key's models are not redirected");
            reply = world.post(CHAT, World.body("echo: well", true).replace("qwen-max", "coder-model"));
            assertEquals("well", reply.text(), reply.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_web_channel_stands_in_where_the_owner_wants_it_and_says_so(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of("CLI_FALLBACK", "web"))) {
            world.fake.faults().add(CliFaults.oauth(Endpoint.DEVICE_CODE, "access_denied"));
            String body = World.body("echo: well", stream).replace("qwen-max", "coder-model");

            World.Reply reply = world.post(CHAT, body);

            assertEquals(200, reply.status, reply.toString());
            assertEquals("well", reply.text());
            assertEquals("web", reply.header("X-Qwen2API-Channel"));
            assertEquals(
                    "qwen3-coder-plus",
                    world.fake.recorder().awaitCompletion(1, SOON).prompt().model());
        }
    }

    @Test
    void the_web_channel_reads_tool_calls_out_of_the_text() throws Exception {
        try (World world = new World(folder, 1, Map.of("CLI_FALLBACK", "web"))) {
            world.fake.faults().add(CliFaults.oauth(Endpoint.DEVICE_CODE, "access_denied"));
            world.fake
                    .script()
                    .otherwise(Answer.text("<tool_call>\n{\"name\": \"look\", \"arguments\": {}}\n</tool_call>"));
            String body = World.body("look", true);
            World.Reply reply = world.post(
                    CHAT,
                    body.substring(0, body.length() - 1)
                            + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\"}}]}");
            assertTrue(reply.body.contains("\"finish_reason\":\"tool_calls\""), reply.toString());
        }
    }

    @Test
    void what_the_owner_decides_about_the_channel_changes_while_it_runs() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(CliFaults.oauth(Endpoint.DEVICE_CODE, "access_denied"));
            assertEquals(503, ask(world, "echo: one", false).status);
            world.values.put("CLI_FALLBACK", "web");
            world.save();
            world.gateway.reload();
            assertEquals("web", ask(world, "echo: two", false).header("X-Qwen2API-Channel"));
            world.fake.oauth().allowKey("sk-official");
            world.values.put("CLI_API_KEY", "sk-official");
            world.values.put("MODEL_MAP", "qwen-max=coder-model");
            world.save();
            world.gateway.reload();
            World.Reply keyed = ask(world, "echo: three", false);
            assertEquals("three", keyed.text(), keyed.toString());
            assertEquals("", keyed.header("X-Qwen2API-Channel"));
        }
    }

    @Test
    void a_portal_that_cannot_be_reached_harms_nothing_else() throws Exception {
        try (ClosedPort closed = new ClosedPort();
                World world = new World(folder, 1, Map.of("QWEN_CLI_PROXY_URL", closed.baseUrl()))) {
            world.fake.oauth().resourceUrl("portal.qwen.ai");
            World.Reply reply = ask(world, "hello", true);
            assertEquals(502, reply.status, reply.toString());
            assertEquals("upstream_error", reply.errorCode());
            assertTrue(reply.body.contains("account_1"), reply.toString());
            assertEquals(200, world.chat("echo: well", true).status);
            assertEquals(0, health(world, 1).path("cliRequestNumber").asInt(), "what never arrived does not count");
            assertTrue(health(world, 1).path("isHealthy").asBoolean());
        }
    }

    @Test
    void a_device_flow_that_hangs_holds_up_neither_the_start_nor_the_web() throws Exception {
        try (World world = new World(folder, 1, Map.of("QUEUE_SECONDS", "1"))) {
            world.fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.DEVICE_CODE));
            assertEquals(503, ask(world, "hello", true).status);
            assertEquals(200, world.chat("echo: well", true).status);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_client_that_hangs_up_hangs_up_the_portal_within_a_second(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ask(world, "one", true);
            world.fake
                    .script()
                    .otherwise(Answer.empty()
                            .chunks("one ", "two ", "three ")
                            .delay(Duration.ofSeconds(20))
                            .delayPerChunk(Duration.ofSeconds(20)));
            world.fake
                    .faults()
                    .add(WireFaults.silentBeforeHeaders().on(Endpoint.PORTAL).when(request -> !stream));
            byte[] body = World.body("slowly", stream).getBytes(StandardCharsets.UTF_8);
            Completion completion;
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), world.gateway.port())) {
                client.getOutputStream()
                        .write(("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + World.KEY
                                        + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                                .getBytes(StandardCharsets.UTF_8));
                client.getOutputStream().write(body);
                completion = world.fake.recorder().awaitCompletion(2, SOON);
            }
            assertTrue(completion.awaitClientClosed(SOON), completion.toString());
        }
    }

    private static void cookies(World world, String cookies) {
        world.values.put("QWEN_COOKIES", cookies);
        world.save();
        world.gateway.reload();
    }

    @Test
    void a_cookie_that_leaves_the_file_and_comes_back_keeps_its_credential_and_its_count() throws Exception {
        try (World world = new World(folder, 1, Map.of("CLI_DAILY_LIMIT", "2"))) {
            String cookie = world.cookies();
            ask(world, "one", true);
            cookies(world, "");
            assertEquals(503, ask(world, "nobody is there", true).status);
            cookies(world, cookie);
            assertEquals(1, health(world, 1).path("cliRequestNumber").asInt());
            assertEquals("well", ask(world, "echo: well", true).text());
            cookies(world, "");
            world.restart();
            cookies(world, cookie);
            assertTrue(health(world, 1).path("hasCliInfo").asBoolean());
            assertEquals(2, health(world, 1).path("cliRequestNumber").asInt(), "the limit of the day goes on");
            assertEquals(503, ask(world, "three", true).status);
            assertEquals(1, world.fake.recorder().requests(Endpoint.DEVICE_CODE).size());
        }
    }
}
