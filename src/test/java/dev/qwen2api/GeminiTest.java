package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gemini's dialect, from a client's socket to the upstream's and back. */
@Timeout(60)
class GeminiTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String MODEL = "/v1beta/models/qwen-max";
    private static final String STREAM = MODEL + ":streamGenerateContent?alt=sse";
    private static final String TOOLS = "[{\"functionDeclarations\":[{\"name\":\"get_weather\",\"parameters\":"
            + "{\"type\":\"OBJECT\",\"properties\":{\"city\":{\"type\":\"STRING\"}}}}]}]";
    private static final String CALL =
            "<tool_call>{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Oslo\"}}</tool_call>";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static World.Reply send(World world, String path, String header, String key, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(world.uri(path))
                .timeout(Duration.ofSeconds(30))
                .header(header, key)
                .header("Content-Type", "application/json");
        return new World.Reply(HTTP.send(
                (body.isEmpty() ? request.GET() : request.POST(BodyPublishers.ofString(body))).build(),
                BodyHandlers.ofString()));
    }

    private static World.Reply post(World world, String path, ObjectNode body) throws Exception {
        return send(world, path, "x-goog-api-key", World.KEY, body.toString());
    }

    private static World.Reply get(World world, String path) throws Exception {
        return send(world, path, "x-goog-api-key", World.KEY, "");
    }

    private static ObjectNode body(String text) throws Exception {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("contents").add(content("user", "{\"text\":\"" + text + "\"}"));
        return body;
    }

    private static JsonNode content(String role, String part) throws Exception {
        return JSON.readTree("{\"role\":\"" + role + "\",\"parts\":[" + part + "]}");
    }

    private static JsonNode asked(World world) {
        return world.fake.recorder().last(Endpoint.COMPLETIONS).orElseThrow().json();
    }

    private static String prompt(World world) {
        return asked(world).at("/messages/0/content").asText();
    }

    /** The responses of an answer, however it came. */
    private static List<JsonNode> responses(World.Reply reply) {
        assertEquals(200, reply.status, reply.toString());
        return reply.body.startsWith("{") ? List.of(reply.json()) : reply.events();
    }

    private static String text(List<JsonNode> responses, boolean thought) {
        return responses.stream()
                .flatMap(response -> response.at("/candidates/0/content/parts").valueStream())
                .filter(part -> part.path("thought").asBoolean(false) == thought)
                .map(part -> part.path("text").asText(""))
                .collect(Collectors.joining());
    }

    private static JsonNode last(List<JsonNode> responses) {
        return responses.get(responses.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                MODEL + ":generateContent",
                STREAM,
                "/v1/models/qwen-max:generateContent",
                "/v1/models/qwen-max:streamGenerateContent?alt=sse"
            })
    void a_question_is_answered_with_its_cost(String path) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .whenAsked(
                            "a question",
                            Answer.text("").chunks("An ", "answer").usage(5, 3));
            ObjectNode body = body("a question");
            body.set("systemInstruction", content("user", "{\"text\":\"Be brief\"}"));
            List<JsonNode> responses = responses(post(world, path, body));
            assertEquals("An answer", text(responses, false));
            JsonNode end = last(responses);
            assertEquals("STOP", end.at("/candidates/0/finishReason").asText());
            assertEquals("model", end.at("/candidates/0/content/role").asText());
            assertEquals("qwen-max", end.path("modelVersion").asText());
            assertEquals(5, end.at("/usageMetadata/promptTokenCount").asInt());
            assertEquals(8, end.at("/usageMetadata/totalTokenCount").asInt());
            assertTrue(prompt(world).contains("Be brief"), prompt(world));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MODEL + ":generateContent", STREAM})
    void a_function_is_called_and_its_result_is_read(String path) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("Weather in Oslo", Answer.text(CALL));
            ObjectNode body = body("Weather in Oslo");
            body.set("tools", JSON.readTree(TOOLS));
            List<JsonNode> responses = responses(post(world, path, body));
            JsonNode call = responses.stream()
                    .map(response -> response.at("/candidates/0/content/parts/0/functionCall"))
                    .filter(JsonNode::isObject)
                    .findFirst()
                    .orElseThrow();
            assertEquals("get_weather", call.path("name").asText());
            assertEquals(JSON.readTree("{\"city\":\"Oslo\"}"), call.path("args"));
            assertEquals(
                    "STOP", last(responses).at("/candidates/0/finishReason").asText());
            assertTrue(prompt(world).contains("get_weather") && !prompt(world).contains("OBJECT"), prompt(world));

            ArrayNode contents = (ArrayNode) body.get("contents");
            contents.add(
                    content("model", "{\"functionCall\":{\"name\":\"get_weather\",\"args\":{\"city\":\"Oslo\"}}}"));
            contents.add(content(
                    "user", "{\"functionResponse\":{\"name\":\"get_weather\",\"response\":{\"result\":\"snow\"}}}"));
            assertEquals(200, post(world, path, body).status);
            assertTrue(prompt(world).contains("snow"), prompt(world));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MODEL + ":generateContent", STREAM})
    void thoughts_are_shown_to_those_who_want_them(String path) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .whenAsked("a question", Answer.text("").think("Hm").chunks("So."));
            ObjectNode body = body("a question");
            body.set("generationConfig", JSON.readTree("{\"thinkingConfig\":{\"thinkingBudget\":-1}}"));
            assertEquals("", text(responses(post(world, path, body)), true));
            assertTrue(asked(world)
                    .at("/messages/0/feature_config/thinking_enabled")
                    .asBoolean());
            body.set("generationConfig", JSON.readTree("{\"thinkingConfig\":{\"includeThoughts\":true}}"));
            List<JsonNode> shown = responses(post(world, path, body));
            assertTrue(text(shown, true).contains("Hm"), shown.toString());
            assertEquals("So.", text(shown, false));
            body.set("generationConfig", JSON.readTree("{\"thinking_config\":{\"thinking_budget\":0}}"));
            assertEquals(200, post(world, path, body).status);
            assertFalse(asked(world)
                    .at("/messages/0/feature_config/thinking_enabled")
                    .asBoolean());
        }
    }

    @Test
    void json_after_a_schema_of_either_kind_is_asked_for() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("Ann", Answer.text("{\"name\":\"Ann\"}"));
            String schema = "{\"type\":\"OBJECT\",\"properties\":{\"name\":{\"type\":\"STRING\"}}}";
            for (String field : List.of("responseSchema", "responseJsonSchema", "response_schema")) {
                ObjectNode body = body("Ann");
                String value = field.equals("responseJsonSchema")
                        ? schema.replace("OBJECT", "object").replace("STRING", "string")
                        : schema;
                body.set(
                        "generationConfig",
                        JSON.readTree("{\"responseMimeType\":\"application/json\",\"" + field + "\":" + value + "}"));
                assertEquals(
                        "{\"name\":\"Ann\"}", text(responses(post(world, MODEL + ":generateContent", body)), false));
                assertTrue(prompt(world).contains("\"object\""), prompt(world));
            }
        }
    }

    @Test
    void a_picture_in_the_request_reaches_the_service() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ObjectNode body = body("What is it?");
            String png =
                    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
            ((ArrayNode) body.at("/contents/0/parts"))
                    .add(JSON.readTree("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"" + png + "\"}}"));
            assertEquals(200, post(world, "/v1beta/models/qwen-plus:generateContent", body).status);
            assertEquals(1, asked(world).at("/messages/0/files").size());
        }
    }

    @Test
    void models_are_listed_and_tokens_counted() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            JsonNode first = get(world, "/v1beta/models?pageSize=50").json().at("/models/0");
            assertEquals("models/qwen-max", first.path("name").asText());
            assertEquals(1_000_000, first.path("inputTokenLimit").asInt());
            assertEquals(first, get(world, "/v1beta/models/qwen-max").json());
            assertEquals(first, get(world, "/v1/models").json().at("/models/0"));
            assertTrue(post(world, MODEL + ":countTokens", body("x".repeat(400)))
                            .json()
                            .path("totalTokens")
                            .asInt()
                    > 50);
        }
    }

    @Test
    void the_key_is_taken_from_the_header_and_here_alone_from_the_query() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String body = body("hi").toString();
            String key = "key=" + World.KEY;
            assertEquals(200, send(world, MODEL + ":generateContent?" + key, "x-any", "1", body).status);
            assertEquals(200, send(world, STREAM + "&" + key, "x-any", "1", body).status);
            World.Reply wrong = send(world, MODEL + ":generateContent?key=sk-wrong", "x-any", "1", body);
            assertEquals(401, wrong.status);
            assertEquals("UNAUTHENTICATED", wrong.json().at("/error/status").asText());
            assertFalse(wrong.body.contains("sk-wrong"), wrong.body);
            assertEquals(401, send(world, "/v1/models?" + key, "x-any", "1", "").status);
            assertEquals(401, send(world, "/api/accountsHealth?" + key, "x-any", "1", "").status);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ":generateContent|{}|400|INVALID_ARGUMENT",
                ":generateContent|{\"contents\":[]}|400|INVALID_ARGUMENT",
                ":generateContent|{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}],\"tools\":[{\"codeExecution\":{}}]}|400|INVALID_ARGUMENT",
                ":generateContent|{\"contents\":[{\"parts\":[{\"fileData\":{\"fileUri\":\"files/1\"}}]}]}|400|INVALID_ARGUMENT",
                ":streamGenerateContent|{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}]}|400|INVALID_ARGUMENT",
                ":embedContent|{}|404|NOT_FOUND",
                "9:generateContent|{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}]}|404|NOT_FOUND",
            })
    void what_cannot_be_served_is_refused_in_googles_shape(String call, String body, int code, String status)
            throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply newer = send(world, "/v1/models/qwen-max" + call, "x-goog-api-key", World.KEY, body);
            World.Reply refused = send(world, MODEL + call, "x-goog-api-key", World.KEY, body);
            assertEquals(refused.json(), newer.json());
            assertEquals(code, refused.status, refused.toString());
            assertEquals(code, refused.json().at("/error/code").asInt());
            assertEquals(status, refused.json().at("/error/status").asText());
        }
    }

    @Test
    void a_limit_and_a_broken_stream_are_told_in_googles_shape() throws Exception {
        try (World world = new World(folder, 1, World.IMPATIENT)) {
            world.fake.faults().add(Refusals.rateLimited(1).forAccount(world.user(1)));
            World.Reply limited = post(world, STREAM, body("hi"));
            assertEquals(429, limited.status, limited.toString());
            assertEquals(
                    "RESOURCE_EXHAUSTED", limited.json().at("/error/status").asText());
        }
        try (World world = new World(folder.resolve("b"), 1, World.IMPATIENT)) {
            world.fake.script().whenAsked("a story", Answer.text("Once upon a time there was a long story"));
            world.fake.faults().add(StreamFaults.errorFrameAfterText(2, "internal_error"));
            List<JsonNode> events = post(world, STREAM, body("a story")).events();
            assertTrue(last(events).at("/error/code").asInt() >= 500, events.toString());
        }
    }

    @Test
    void while_the_service_is_silent_the_client_gets_responses_with_an_empty_text() throws Exception {
        try (World world = new World(folder, 1, Map.of("HEARTBEAT_SECONDS", "1"))) {
            world.fake.script().whenAsked("slow", Answer.text("At last").delay(Duration.ofMillis(2_500)));
            World.Reply reply = post(world, STREAM, body("slow"));
            assertTrue(reply.body.startsWith("data: {"), reply.body);
            assertEquals(
                    "",
                    reply.events()
                            .get(0)
                            .at("/candidates/0/content/parts/0/text")
                            .asText("-"));
            assertEquals("At last", text(reply.events(), false));
        }
    }
}
