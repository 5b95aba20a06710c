package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.PortalFaults;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses and Messages over the CLI channel, from a client's socket to the portal's and back; tools are native. */
@Timeout(60)
class CliDialectsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String RESPONSES = "/cli/v1/responses";
    private static final String MESSAGES = "/cli/v1/messages";
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}";
    private static final Answer CALL = Answer.empty()
            .think("Hm")
            .chunks("I look.")
            .call("call_1", "look", "{\"path\":\"a\"}")
            .usage(7, 3);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String response(boolean stream) {
        return "{\"model\":\"coder-model\",\"temperature\":0.5,\"instructions\":\"Be brief.\",\"stream\":" + stream
                + ",\"input\":[{\"role\":\"user\",\"content\":\"look\"},"
                + "{\"type\":\"function_call\",\"call_id\":\"c0\",\"name\":\"look\",\"arguments\":\"{}\"},"
                + "{\"type\":\"function_call_output\",\"call_id\":\"c0\",\"output\":\"nothing\"}],"
                + "\"tools\":[{\"type\":\"function\",\"name\":\"look\",\"description\":\"Looks\",\"parameters\":"
                + SCHEMA
                + "}],\"tool_choice\":\"required\"}";
    }

    private static String message(boolean stream) {
        return "{\"model\":\"coder-model\",\"max_tokens\":100,\"temperature\":0.5,\"system\":\"Be brief.\",\"stream\":"
                + stream + ",\"messages\":[{\"role\":\"user\",\"content\":\"look\"},"
                + "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"c0\",\"name\":\"look\",\"input\":{}}]},"
                + "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"c0\",\"content\":\"nothing\"}]}],"
                + "\"tools\":[{\"name\":\"look\",\"description\":\"Looks\",\"input_schema\":" + SCHEMA
                + "}],\"tool_choice\":{\"type\":\"any\"}}";
    }

    /** Both dialects say the same to the portal, but for the limit of tokens, which only Messages demands. */
    private static void assertNative(World world) throws Exception {
        JsonNode sent =
                world.fake.recorder().last(Endpoint.PORTAL).orElseThrow().json();
        assertEquals(
                JSON.readTree("[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"Be brief.\","
                        + "\"cache_control\":{\"type\":\"ephemeral\"}}]},{\"role\":\"user\",\"content\":\"look\"},"
                        + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c0\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"look\",\"arguments\":\"{}\"}}]},"
                        + "{\"role\":\"tool\",\"content\":\"nothing\",\"tool_call_id\":\"c0\"}]"),
                sent.path("messages"));
        assertEquals(
                JSON.readTree("[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"description\":\"Looks\","
                        + "\"parameters\":" + SCHEMA + "}}]"),
                sent.path("tools"));
        assertEquals("required", sent.path("tool_choice").asText());
        assertEquals(0.5, sent.path("temperature").asDouble());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_response_has_native_tool_calls(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(CALL);
            World.Reply reply = world.post(RESPONSES, response(stream));

            assertEquals(200, reply.status, reply.toString());
            JsonNode response =
                    stream ? reply.events().get(reply.events().size() - 1).path("response") : reply.json();
            assertEquals("completed", response.path("status").asText(), reply.toString());
            assertEquals(
                    List.of("reasoning", "message", "function_call"),
                    response.path("output").findValuesAsText("type").stream()
                            .filter(type -> List.of("reasoning", "message", "function_call")
                                    .contains(type))
                            .toList());
            JsonNode call = response.at("/output/2");
            assertEquals("call_1", call.path("call_id").asText());
            assertEquals("{\"path\":\"a\"}", call.path("arguments").asText());
            assertEquals(10, response.at("/usage/total_tokens").asInt());
            assertNative(world);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_message_has_native_tool_calls(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(CALL);
            World.Reply reply = world.post(MESSAGES, message(stream));

            assertEquals(200, reply.status, reply.toString());
            if (stream) {
                assertTrue(reply.body.contains("\"id\":\"call_1\",\"name\":\"look\""), reply.toString());
                assertTrue(reply.body.contains("\"stop_reason\":\"tool_use\""), reply.toString());
                assertTrue(reply.body.contains("event: message_stop"), reply.toString());
            } else {
                JsonNode call = reply.json().path("content").path(2);
                assertEquals("tool_use", call.path("type").asText(), reply.toString());
                assertEquals("a", call.at("/input/path").asText());
                assertEquals("tool_use", reply.json().path("stop_reason").asText());
                assertEquals(3, reply.json().at("/usage/output_tokens").asInt());
            }
            assertNative(world);
            assertEquals(
                    100,
                    world.fake
                            .recorder()
                            .last(Endpoint.PORTAL)
                            .orElseThrow()
                            .json()
                            .path("max_tokens")
                            .asInt());
        }
    }

    @Test
    void text_that_looks_like_a_call_stays_text() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String text = "<tool_call>\n{\"name\": \"look\", \"arguments\": {}}\n</tool_call>";
            world.fake.script().otherwise(Answer.text(text));
            World.Reply reply = world.post(MESSAGES, message(false).replace("any", "auto"));
            assertEquals(text, reply.json().at("/content/0/text").asText(), reply.toString());
            assertEquals("end_turn", reply.json().path("stop_reason").asText());
        }
    }

    @Test
    void a_held_response_is_shown_and_continued_on_either_channel() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("blue"));
            String id = world.post(RESPONSES, "{\"model\":\"coder-model\",\"input\":\"sky?\"}")
                    .json()
                    .path("id")
                    .asText();
            assertEquals(200, world.get(RESPONSES + "/" + id).status);
            World.Reply next = world.post(
                    RESPONSES,
                    "{\"model\":\"coder-model\",\"input\":\"sea?\",\"previous_response_id\":\"" + id + "\"}");
            assertEquals(200, next.status, next.toString());
            JsonNode sent =
                    world.fake.recorder().last(Endpoint.PORTAL).orElseThrow().json();
            assertEquals("blue", sent.at("/messages/2/content").asText(), sent.toString());
        }
    }

    @Test
    void each_dialect_has_its_own_error_when_no_account_can_serve() throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            World.Reply message = world.post(MESSAGES, message(false));
            assertEquals(503, message.status);
            assertEquals("error", message.json().path("type").asText());
            assertTrue(message.body.contains("没有可用的CLI账户，请稍后重试"), message.body);
            assertEquals(503, world.post(RESPONSES, response(false)).status);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RESPONSES, MESSAGES})
    void another_account_answers_in_place_of_one_that_fails(String path) throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.post(path, path.equals(MESSAGES) ? message(false) : response(false));
            Eventually.holds(
                    "credentials",
                    () -> world.get("/api/accountsHealth").body.split("\"hasCliInfo\":true", -1).length > 2);
            world.fake.script().otherwise(CALL);
            world.fake.faults().add(PortalFaults.freeQuotaGone403().forAccount(world.user(1)));
            for (int i = 0; i < 2; i++) {
                World.Reply reply = world.post(path, path.equals(MESSAGES) ? message(true) : response(true));
                assertEquals(200, reply.status, reply.toString());
                assertTrue(reply.body.contains("call_1"), reply.body);
            }
        }
    }

    @Test
    void a_stream_that_breaks_ends_with_the_error_event_of_its_dialect() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.empty().chunks("one ", "two ", "three"));
            world.fake.faults().add(StreamFaults.resetAfterText(2).on(Endpoint.PORTAL));
            World.Reply message = world.post(MESSAGES, message(true).replace("any", "auto"));
            assertTrue(message.body.contains("event: error"), message.body);
            assertFalse(message.body.contains("message_stop"), message.body);
            World.Reply response = world.post(RESPONSES, response(true).replace("required", "auto"));
            assertTrue(response.body.contains("response.failed"), response.body);
        }
    }
}
