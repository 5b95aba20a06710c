package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.anthropic.EventStream;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Prompt;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Anthropic's dialect, from a client's socket to the upstream's and back. */
@Timeout(60)
class AnthropicTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String READ_FILE = "{\"name\":\"read_file\",\"description\":\"Reads a file\",\"input_schema\":"
            + "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static HttpRequest.Builder request(World world, String path) {
        return HttpRequest.newBuilder(world.uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("anthropic-version", "2023-06-01");
    }

    private static World.Reply send(HttpRequest.Builder request) throws Exception {
        return new World.Reply(HTTP.send(request.build(), BodyHandlers.ofString()));
    }

    private static World.Reply post(World world, String path, ObjectNode body) throws Exception {
        return send(request(world, path)
                .header("x-api-key", World.KEY)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())));
    }

    private static World.Reply get(World world, String path) throws Exception {
        return send(request(world, path).header("x-api-key", World.KEY));
    }

    private static World.Reply ask(World world, ObjectNode body) throws Exception {
        return post(world, "/v1/messages?beta=true", body);
    }

    private static ObjectNode body(String prompt, boolean stream) {
        ObjectNode body = JSON.createObjectNode()
                .put("model", "qwen-max")
                .put("max_tokens", 4096)
                .put("stream", stream);
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        return body;
    }

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text);
    }

    /** The message, however it came; a stream is held to the rules. */
    private static JsonNode message(World.Reply reply) throws Exception {
        assertEquals(200, reply.status, reply.toString());
        if (reply.header("content-type").startsWith("application/json")) {
            return reply.json();
        }
        List<JsonNode> events = EventStream.parse(reply.body).stream()
                .filter(event -> !event.path("type").asText().equals("ping"))
                .toList();
        EventStream.check(events);
        return EventStream.together(events);
    }

    private static String error(World.Reply reply) {
        return reply.json().at("/error/type").asText();
    }

    private static Prompt asked(World world, int count) {
        return world.fake.recorder().awaitCompletion(count, SOON).prompt();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_question_is_answered_with_its_cost(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("你好, world").usage(11, 7));
            JsonNode message = message(ask(world, body("hello", stream).put("system", "Be brief.")));
            assertEquals("message", message.path("type").asText());
            assertEquals("qwen-max", message.path("model").asText());
            assertEquals(json("[{\"type\":\"text\",\"text\":\"你好, world\"}]"), message.path("content"));
            assertEquals("end_turn", message.path("stop_reason").asText());
            assertEquals(
                    11,
                    message.at("/usage/input_tokens").asInt()
                            + message.at("/usage/cache_read_input_tokens").asInt());
            assertEquals(7, message.at("/usage/output_tokens").asInt());
            assertTrue(asked(world, 1).text().contains("Be brief."));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thinking_is_a_signed_block_ahead_of_the_words(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("Yes.").think("Hm", "m."));
            ObjectNode body = body("hm", stream);
            body.putObject("thinking").put("type", "enabled").put("budget_tokens", 2048);
            JsonNode content = message(ask(world, body)).path("content");
            assertEquals("thinking", content.at("/0/type").asText());
            assertEquals("Hmm.", content.at("/0/thinking").asText());
            assertFalse(content.at("/0/signature").asText().isEmpty());
            assertEquals("Yes.", content.at("/1/text").asText());
            assertEquals(2, content.size());
            assertEquals(2048, asked(world, 1).feature("thinking_budget").asInt());
        }
    }

    @Test
    void thinking_can_be_forbidden_whatever_the_name_says() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ObjectNode body = body("hm", false).put("model", "qwen-max-thinking");
            body.putObject("thinking").put("type", "disabled");
            ask(world, body);
            assertFalse(asked(world, 1).thinking());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_tool_is_called_and_its_result_told(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .queue(
                            Answer.text("I look.\n<tool_call>\n{\"name\": \"read_file\", \"arguments\":"
                                    + " {\"path\": \"a \\\"b\\\".txt\"}}\n</tool_call>"),
                            Answer.text("It says hello."));
            ObjectNode body = body("read it", stream);
            body.putArray("tools").add(json(READ_FILE));
            JsonNode call = message(ask(world, body));
            assertEquals("tool_use", call.path("stop_reason").asText());
            assertEquals("I look.", call.at("/content/0/text").asText().strip());
            assertEquals("read_file", call.at("/content/1/name").asText());
            assertEquals(json("{\"path\":\"a \\\"b\\\".txt\"}"), call.at("/content/1/input"));

            ArrayNode messages = (ArrayNode) body.path("messages");
            messages.addObject().put("role", "assistant").set("content", call.path("content"));
            messages.addObject()
                    .put("role", "user")
                    .putArray("content")
                    .addObject()
                    .put("type", "tool_result")
                    .put("tool_use_id", call.at("/content/1/id").asText())
                    .put("is_error", true)
                    .put("content", "hello, but broken");
            JsonNode end = message(ask(world, body));
            assertEquals("It says hello.", end.at("/content/0/text").asText());
            String sent = asked(world, 2).text();
            assertTrue(sent.contains("hello, but broken") && sent.contains("The call failed"), sent);
            assertTrue(sent.contains("[tool_result call=1 name=\"read_file\"]"), sent);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_stop_text_ends_the_answer_and_is_named(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.empty().chunks("one EN", "D two"));
            ObjectNode body = body("count", stream);
            body.putArray("stop_sequences").add("never").add("END");
            JsonNode message = message(ask(world, body));
            assertEquals("one ", message.at("/content/0/text").asText());
            assertEquals("stop_sequence", message.path("stop_reason").asText());
            assertEquals("END", message.path("stop_sequence").asText());
        }
    }

    @Test
    void a_token_limit_ends_the_answer() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("more ".repeat(200)));
            JsonNode message = message(ask(world, body("count", true).put("max_tokens", 1)));
            assertEquals("max_tokens", message.path("stop_reason").asText());
        }
    }

    @Test
    void a_web_search_is_the_upstreams_own_and_shows_what_it_found() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .otherwise(Answer.text("So it is [[1]].")
                            .search("so", new Answer.Doc("https://example.com/a", "A page", "words")));
            ObjectNode body = body("news", true);
            body.putArray("tools")
                    .add(json("{\"type\":\"web_search_20250305\",\"name\":\"web_search\",\"max_uses\":8}"));
            body.putObject("tool_choice").put("type", "tool").put("name", "web_search");
            JsonNode content = message(ask(world, body)).path("content");
            assertEquals("server_tool_use", content.at("/0/type").asText());
            assertEquals(
                    content.at("/0/id").asText(), content.at("/1/tool_use_id").asText());
            assertEquals("https://example.com/a", content.at("/1/content/0/url").asText());
            assertTrue(content.at("/2/text").asText().startsWith("So it is"));
            assertEquals("search", asked(world, 1).chatType());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "x-api-key,     ,         sk-world-0123456789, 200",
        "Authorization, 'Bearer ', sk-world-0123456789, 200",
        "x-api-key,     ,         wrong,               401",
        "Authorization, 'Bearer ', wrong,               401",
        "x-other,       ,         sk-world-0123456789, 401",
    })
    void a_key_may_come_either_way(String header, String scheme, String key, int status) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = send(request(world, "/v1/messages")
                    .header(header, (scheme == null ? "" : scheme) + key)
                    .POST(BodyPublishers.ofString(body("echo: hi", false).toString())));
            assertEquals(status, reply.status, reply.toString());
            if (status == 401) {
                assertEquals("authentication_error", error(reply));
                assertEquals(0, world.fake.recorder().completions().size());
            }
        }
    }

    @Test
    void an_unknown_effort_is_refused_with_the_known_ones() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ObjectNode body = body("hi", false);
            body.putObject("output_config").put("effort", "someday");
            World.Reply reply = ask(world, body);
            assertEquals(400, reply.status, reply.toString());
            assertEquals("invalid_request_error", error(reply));
            String message = reply.json().at("/error/message").asText();
            assertTrue(message.contains("one of none, minimal, low, medium, high, xhigh, max"), message);
        }
    }

    @Test
    void an_error_has_the_shape_of_the_dialect_and_names_the_request() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = ask(world, body("hi", true).put("stream", "yes"));
            assertEquals(400, reply.status, reply.toString());
            assertEquals("error", reply.json().path("type").asText());
            assertEquals("invalid_request_error", error(reply));
            assertTrue(reply.json().at("/error/message").asText().contains("'stream'"));
            assertFalse(reply.header("request-id").isEmpty());
            assertEquals(
                    reply.header("request-id"), reply.json().path("request_id").asText());
        }
    }

    @Test
    void a_model_that_does_not_exist_is_not_found_and_the_setting_that_helps_is_named() throws Exception {
        try (World world = new World(folder, 1, Map.of("MODEL_MAP", "claude-haiku-*=qwen-turbo"))) {
            World.Reply refused = ask(world, body("echo: hi", false).put("model", "claude-sonnet-9"));
            assertEquals(404, refused.status, refused.toString());
            assertEquals("not_found_error", error(refused));
            assertTrue(refused.body.contains("MODEL_MAP"), refused.toString());

            World.Reply answered = ask(world, body("echo: hi", false).put("model", "claude-haiku-4-5-20251001"));
            assertEquals(
                    "claude-haiku-4-5-20251001", message(answered).path("model").asText());
            assertEquals("qwen3.5-flash", asked(world, 1).model());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_failure_before_the_first_word_is_a_status(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.rateLimited(4));
            World.Reply reply = ask(world, body("hi", stream));
            assertEquals(429, reply.status, reply.toString());
            assertEquals("rate_limit_error", error(reply));
            int seconds = Integer.parseInt(reply.header("Retry-After"));
            assertTrue(seconds > 4 * 3600 - 60 && seconds <= 4 * 3600, reply.header("Retry-After"));
        }
    }

    @Test
    void a_failure_after_the_first_word_is_an_event_that_ends_the_stream() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("one two three four"));
            world.fake.faults().add(StreamFaults.resetAfterText(2));
            World.Reply reply = ask(world, body("hi", true));
            assertEquals(200, reply.status);
            List<JsonNode> events = EventStream.parse(reply.body);
            JsonNode last = events.get(events.size() - 1);
            assertEquals("message_start", events.get(0).path("type").asText());
            assertEquals("error", last.path("type").asText());
            assertEquals("api_error", last.at("/error/type").asText());
            assertFalse(reply.body.contains("message_stop") || reply.body.contains("stop_reason\":\""), reply.body);
        }
    }

    @Test
    void a_silent_upstream_is_bridged_by_pings() throws Exception {
        try (World world = new World(folder, 1, Map.of("HEARTBEAT_SECONDS", "1"))) {
            world.fake.script().otherwise(Answer.text("late").delay(Duration.ofMillis(2300)));
            World.Reply reply = ask(world, body("slowly", true));
            List<String> types = EventStream.parse(reply.body).stream()
                    .map(event -> event.path("type").asText())
                    .toList();
            assertEquals(List.of("message_start", "ping"), types.subList(0, 2));
            assertEquals("late", message(reply).at("/content/0/text").asText());
        }
    }

    @Test
    void after_a_ping_a_failure_is_an_event() throws Exception {
        try (World world = new World(folder, 1, Map.of("HEARTBEAT_SECONDS", "1", "FIRST_BYTE_TIMEOUT_SECONDS", "2"))) {
            world.fake.faults().add(StreamFaults.silentAfterHeaders());
            World.Reply reply = ask(world, body("hi", true));
            assertEquals(200, reply.status);
            List<JsonNode> events = EventStream.parse(reply.body);
            assertEquals(
                    "timeout_error",
                    events.get(events.size() - 1).at("/error/type").asText());
        }
    }

    @Test
    void tokens_are_counted_without_asking_anybody() throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            ObjectNode body = body("x".repeat(4000), false);
            World.Reply reply = post(world, "/v1/messages/count_tokens?beta=true", body);
            assertEquals(json("{\"input_tokens\":1000}"), reply.json(), reply.toString());
            body.putArray("tools").add(json(READ_FILE));
            int more = post(world, "/v1/messages/count_tokens", body)
                    .json()
                    .path("input_tokens")
                    .asInt();
            assertTrue(more > 1010 && more < 1100, () -> "counted " + more);
            assertEquals(
                    "invalid_request_error", error(post(world, "/v1/messages/count_tokens", JSON.createObjectNode())));
            assertEquals(0, world.fake.recorder().completions().size());
        }
    }

    /** The client then goes on with the whole conversation in every request. */
    @Test
    void a_thread_is_refused_with_the_error_that_makes_the_client_go_on_without() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            for (String thread : List.of("{\"type\":\"create\"}", "{\"type\":\"continue\"}")) {
                ObjectNode body = body("Go on", false);
                body.set("thread", json(thread));
                World.Reply refused = ask(world, body);
                assertEquals(400, refused.status, refused.toString());
                assertEquals("invalid_request_error", error(refused));
                assertEquals(
                        json("{\"error_code\":\"thread_unsupported_request\",\"unsupported\":[\"thread\"]}"),
                        refused.json().at("/error/details"));
                assertEquals(200, post(world, "/v1/messages/count_tokens", body).status);
                assertEquals(200, ask(world, body.putNull("thread")).status);
            }
        }
    }

    @Test
    void a_map_of_every_name_serves_any_model_and_tells_its_window() throws Exception {
        try (World world = new World(folder, 1, Map.of("MODEL_MAP", "*=qwen-max,gpt-*=qwen3-235b-a22b"))) {
            assertEquals(200, ask(world, body("hi", false).put("model", "claude-opus-9")).status);
            assertEquals(
                    "qwen3.7-max",
                    world.fake
                            .recorder()
                            .last(Endpoint.COMPLETIONS)
                            .orElseThrow()
                            .json()
                            .path("model")
                            .asText());
            assertEquals(
                    1_000_000,
                    get(world, "/v1/models/claude-opus-9")
                            .json()
                            .path("max_input_tokens")
                            .asInt());
            assertEquals(
                    131_072,
                    get(world, "/v1/models/gpt-4o")
                            .json()
                            .path("max_input_tokens")
                            .asInt());
            assertEquals(
                    "gpt-4o", world.get("/v1/models/gpt-4o").json().path("id").asText());
            assertFalse(world.get("/v1/models").text().contains("gpt-4o"));
        }
    }

    @Test
    void a_deferred_tool_is_offered_once_a_tool_reference_names_it() throws Exception {
        String deferred = READ_FILE.replaceFirst("\\{", "{\"defer_loading\":true,");
        String search = "{\"name\":\"find_tools\",\"input_schema\":{\"type\":\"object\"}}";
        try (World world = new World(folder, 1, Map.of())) {
            ObjectNode body = body("Find a tool", false);
            body.set("tools", json("[" + deferred + "," + search + "]"));
            assertEquals(200, ask(world, body).status);
            assertTrue(prompt(world).contains("find_tools"), prompt(world));
            assertFalse(prompt(world).contains("read_file"), prompt(world));

            ArrayNode messages = (ArrayNode) body.get("messages");
            messages.add(json("{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\","
                    + "\"name\":\"find_tools\",\"input\":{}}]}"));
            messages.add(json("{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\","
                    + "\"content\":[{\"type\":\"tool_reference\",\"tool_name\":\"read_file\"}]}]}"));
            assertEquals(200, ask(world, body).status);
            assertTrue(prompt(world).contains("Reads a file"), prompt(world));
            assertTrue(prompt(world).contains("The tool read_file can be called now."), prompt(world));
            assertFalse(prompt(world).contains("tool_reference"), prompt(world));
        }
    }

    /** The gateway cannot run Anthropic's search for tools, so the model has to see what it could find. */
    @Test
    void deferred_tools_are_offered_at_once_where_the_server_would_search_for_them() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ObjectNode body = body("Find a tool", false);
            body.set(
                    "tools",
                    json("[" + READ_FILE.replaceFirst("\\{", "{\"defer_loading\":true,")
                            + ",{\"type\":\"tool_search_tool_regex_20251119\",\"name\":\"tool_search_tool_regex\"}]"));
            assertEquals(200, ask(world, body).status);
            assertTrue(prompt(world).contains("read_file"), prompt(world));
        }
    }

    private static String prompt(World world) {
        return world.fake
                .recorder()
                .last(Endpoint.COMPLETIONS)
                .orElseThrow()
                .json()
                .at("/messages/0/content")
                .asText();
    }

    @Test
    void models_are_listed_in_the_shape_that_the_client_knows() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            JsonNode list = get(world, "/v1/models?limit=1000").json();
            assertEquals(
                    json("{\"type\":\"model\",\"id\":\"qwen-max\",\"display_name\":\"qwen-max\","
                            + "\"created_at\":\"2024-07-01T23:55:12Z\",\"lifecycle\":\"active\",\"capabilities\":null,"
                            + "\"line\":null,\"deprecated_at\":null,\"retires_at\":null,"
                            + "\"max_input_tokens\":1000000,\"max_tokens\":65536}"),
                    list.at("/data/0"));
            assertEquals(
                    131_072,
                    get(world, "/v1/models/qwen3-235b-a22b")
                            .json()
                            .path("max_input_tokens")
                            .asInt());
            assertFalse(list.path("has_more").asBoolean(true));
            assertEquals("qwen-max", list.path("first_id").asText());
            int last = list.path("data").size() - 1;
            assertEquals(list.path("data").path(last).path("id"), list.path("last_id"));
            assertEquals(
                    list.path("data").path(last),
                    get(world, "/v1/models/" + list.path("last_id").asText()).json());

            World.Reply unknown = get(world, "/v1/models/claude-9");
            assertEquals(404, unknown.status);
            assertEquals("not_found_error", error(unknown));

            assertEquals("list", world.get("/v1/models").json().path("object").asText());
            assertEquals("model_not_found", world.get("/v1/models/claude-9").errorCode());
        }
    }

    @Test
    void what_clients_ask_besides_is_answered() throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            HttpResponse<String> head = HTTP.send(
                    HttpRequest.newBuilder(world.uri("/"))
                            .method("HEAD", BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(200, head.statusCode());
            World.Reply other = post(world, "/v1/messages/batches", JSON.createObjectNode());
            assertEquals(404, other.status);
            assertEquals("not_found_error", error(other));
            World.Reply method = get(world, "/v1/messages");
            assertEquals(405, method.status);
            assertEquals("invalid_request_error", error(method));
        }
    }
}
