package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that no machine holds, in every dialect and on every route that reads JSON. */
@Timeout(60)
class HugeNumberTest {

    private static final List<List<String>> REQUESTS = List.of(
            List.of("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"),
            List.of("/cli/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"),
            List.of("/v1/completions", "\"prompt\":\"hi\""),
            List.of("/v1/responses", "\"input\":\"hi\""),
            List.of("/v1/responses/compact", "\"input\":\"hi\""),
            List.of("/v1/messages", "\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"),
            List.of("/v1/messages/count_tokens", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"),
            List.of("/v1/images/generations", "\"prompt\":\"a cat\""),
            List.of("/v1/images/edits", "\"prompt\":\"a cat\""),
            List.of("/v1/videos", "\"prompt\":\"a cat\""),
            List.of("/v1beta/models/qwen-max:generateContent", "\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}]"),
            List.of("/v1beta/models/qwen-max:countTokens", "\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}]"),
            List.of("/api/addAccount", "\"cookie\":\"token=x\""));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_number_beyond_the_largest_is_refused_on_every_route_and_the_field_is_named() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            for (List<String> request : REQUESTS) {
                String path = request.get(0);
                String name = path.equals("/api/addAccount") ? "num" : "temperature";
                String body = "{\"model\":\"qwen-max\"," + request.get(1) + ",\"" + name + "\":1e400}";
                World.Reply reply = world.raw(path, body);
                assertEquals(400, reply.status, path + " " + reply);
                assertTrue(reply.body.contains("'" + name + "'"), path + " " + reply);
            }
        }
    }

    @Test
    void the_place_of_the_number_is_named_with_its_path() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String body = "{\"model\":\"qwen-max\",\"input\":\"hi\",\"tools\":[{\"type\":\"function\",\"name\":\"f\","
                    + "\"parameters\":{\"type\":\"object\",\"properties\":{\"n\":{\"enum\":[1,-1e999]}}}}]}";
            JsonNode error = world.post("/v1/responses", body).json().path("error");
            assertEquals(
                    "tools[0].parameters.properties.n.enum[1]",
                    error.path("param").asText());
        }
    }

    @Test
    void a_limit_of_five_hundred_digits_is_as_good_as_none() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String limit = "1" + "0".repeat(500);
            for (String path : List.of("/v1/chat/completions", "/v1/responses")) {
                String more = path.endsWith("responses") ? "max_output_tokens" : "max_tokens";
                String body = "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                        + "\"input\":\"hi\",\"" + more + "\":" + limit + "}";
                World.Reply reply = world.post(path, body);
                assertEquals(200, reply.status, path + " " + reply);
            }
        }
    }
}
