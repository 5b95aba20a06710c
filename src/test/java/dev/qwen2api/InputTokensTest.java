package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The count of a response's input, which is the estimate that the other dialects have. */
@Timeout(60)
class InputTokensTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static JsonNode count(World world, String fields) throws Exception {
        World.Reply reply = world.raw("/v1/responses/input_tokens", "{\"model\":\"qwen-max\"," + fields + "}");
        assertEquals(200, reply.status, reply.toString());
        assertEquals("response.input_tokens", reply.json().path("object").asText());
        return reply.json().path("input_tokens");
    }

    @Test
    void the_input_is_counted_as_messages_are() throws Exception {
        String words = "x".repeat(400);
        try (World world = new World(folder, 1, Map.of())) {
            JsonNode anthropic = world.raw(
                            "/v1/messages/count_tokens",
                            "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"" + words + "\"}]}")
                    .json();
            JsonNode input = count(world, "\"input\":\"" + words + "\"");
            assertEquals(anthropic.path("input_tokens"), input);
            assertTrue(count(world, "\"instructions\":\"Be brief.\",\"input\":\"" + words + "\"")
                            .asInt()
                    > input.asInt());
            assertEquals(0, world.fake.recorder().completions().size());
        }
    }

    @Test
    void an_earlier_response_counts_too() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String first = world.post("/v1/responses", "{\"model\":\"qwen-max\",\"input\":\"" + "y".repeat(400) + "\"}")
                    .json()
                    .path("id")
                    .asText();
            assertTrue(count(world, "\"previous_response_id\":\"" + first + "\",\"input\":\"hi\"")
                            .asInt()
                    > 100);
        }
    }

    @Test
    void a_malformed_request_is_refused_as_the_response_would_be() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.raw("/v1/responses/input_tokens", "{\"model\":\"qwen-max\"}");
            assertEquals(400, reply.status, reply.toString());
            assertEquals("input", reply.json().at("/error/param").asText());
        }
    }
}
