package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of tools that are no functions, which the client's limit cuts off. */
@Timeout(60)
class CutCallsTest {

    private static final String PATCH = "*** Begin Patch\\n one two three four five six seven eight nine ten eleven";
    private static final String CUSTOM =
            "[tool_call]\n{\"name\":\"apply_patch\",\"arguments\":{\"input\":\"" + PATCH + " twelve thirteen fourteen";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String textSoFar(String input) {
        assertTrue(input.startsWith("*** Begin Patch\n one two"), input);
        assertFalse(input.contains("fourteen"), input);
        return input;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_input_of_a_custom_call_in_chat_is_the_text_so_far(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text(CUSTOM));
            // OpenAI's schema of a chunk knows no custom tools.
            World.Reply reply = world.raw(
                    "/v1/chat/completions",
                    "{\"model\":\"qwen-max\",\"max_tokens\":24,\"stream\":" + stream
                            + ",\"messages\":[{\"role\":\"user\",\"content\":\"go\"}],\"tools\":"
                            + "[{\"type\":\"custom\",\"custom\":{\"name\":\"apply_patch\"}}]}");
            var input = new StringBuilder();
            if (stream) {
                reply.events()
                        .forEach(event -> input.append(event.at("/choices/0/delta/tool_calls/0/custom/input")
                                .asText("")));
            } else {
                input.append(reply.json()
                        .at("/choices/0/message/tool_calls/0/custom/input")
                        .asText());
            }
            textSoFar(input.toString());
            assertTrue(reply.body.contains("\"finish_reason\":\"length\""), reply.body);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_input_of_a_custom_call_in_a_response_is_the_text_so_far(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text(CUSTOM));
            JsonNode response = respond(world, stream, 24, "{\"type\":\"custom\",\"name\":\"apply_patch\"}");
            textSoFar(response.at("/output/0/input").asText());
            assertEquals("incomplete", response.at("/output/0/status").asText());
            assertEquals("incomplete", response.path("status").asText());
        }
    }

    private static JsonNode respond(World world, boolean stream, int limit, String tool) throws Exception {
        World.Reply reply = world.post(
                "/v1/responses",
                "{\"model\":\"qwen-max\",\"input\":\"go\",\"max_output_tokens\":" + limit + ",\"stream\":" + stream
                        + ",\"tools\":[" + tool + "]}");
        assertEquals(200, reply.status, reply.toString());
        if (!stream) {
            return reply.json();
        }
        assertFalse(reply.body.contains("rm -rf"), reply.body);
        assertFalse(reply.body.contains("response.output_item") && !tool.contains("custom"), reply.body);
        return reply.events().get(reply.events().size() - 1).path("response");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    shell | {"commands":["rm -rf build","make install one two three four five six seven eight
                    local_shell | {"command":["rm","-rf","/tmp/one/two/three/four/five/six/seven/eight/nine/ten
                    apply_patch | {"type":"delete_file","path":"src/one/two/three/four/five/six/seven/eight/nine/ten
                    tool_search | {"query":"one two three four five six seven eight nine ten eleven twelve
                    """)
    void a_cut_call_of_a_tool_that_openai_describes_is_not_sent(String name, String arguments) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .otherwise(Answer.text("[tool_call]\n{\"name\":\"" + name + "\",\"arguments\":" + arguments));
            for (boolean stream : new boolean[] {false, true}) {
                JsonNode response = respond(world, stream, 26, "{\"type\":\"" + name + "\",\"execution\":\"client\"}");
                assertEquals("incomplete", response.path("status").asText(), response::toString);
                assertEquals(0, response.path("output").size(), response::toString);
            }
        }
    }
}
