package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Capture;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.toolcall.ToolTranscript;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of the client's tools that the model makes by the service's own means, or while it thinks. */
@Timeout(60)
class NativeCallCaptureTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String body(boolean stream) {
        return World.body("hi", stream)
                .replaceFirst(
                        "\\}$",
                        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":"
                                + "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}}}]}");
    }

    private static void assertCalls(World world, boolean stream) throws Exception {
        World.Reply reply = world.post("/v1/chat/completions", body(stream));
        assertEquals(200, reply.status, reply.toString());
        List<JsonNode> calls = stream
                ? reply.events().stream()
                        .flatMap(
                                event -> event.at("/choices/0/delta/tool_calls").valueStream())
                        .toList()
                : reply.json().at("/choices/0/message/tool_calls").valueStream().toList();
        String arguments = calls.stream()
                .map(call -> call.at("/function/arguments").asText(""))
                .collect(Collectors.joining());
        assertEquals("weather", calls.get(0).at("/function/name").asText(), reply.toString());
        assertEquals("Bern", JSON.readTree(arguments).path("city").asText(), reply.toString());
        assertEquals("", reply.text().strip(), "nothing beside the call");
    }

    @ParameterizedTest
    @ValueSource(strings = {"native-call.sse", "native-call-and-end.sse"})
    void a_native_call_of_an_offered_tool_is_a_call(String capture) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.reply(Capture.reply(capture)));
            assertCalls(world, true);
            assertCalls(world, false);
        }
    }

    @Test
    void a_thought_that_is_one_call_is_a_call() throws Exception {
        String call = new ToolTranscript(List.of()).calls(List.of(new ToolCall("1", "weather", "{\"city\":\"Bern\"}")));
        String quoted = JSON.writeValueAsString(call);
        String sse = Capture.text("call-in-thinking.sse").replace("\"CALL\"", quoted);
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.reply(Reply.of(200, "text/event-stream", sse)));
            assertCalls(world, true);
            assertCalls(world, false);
            World.Reply search = world.post("/v1/chat/completions", body(false).replace("qwen-max", "qwen-max-search"));
            assertEquals(
                    "tool_calls", search.json().at("/choices/0/finish_reason").asText(), search.toString());
            assertFalse(search.body.contains("reasoning_content"), search.body);
        }
    }

    @Test
    void a_tool_that_the_service_looked_for_in_vain_is_asked_for_once_more() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("one two"));
            world.fake
                    .faults()
                    .add(Refusals.reply(Capture.reply("tool-refused.sse")).once());
            World.Reply reply = world.post("/v1/chat/completions", body(false));
            assertEquals("one two", reply.text(), reply.toString());
            assertEquals(2, world.fake.recorder().completions().size());
        }
    }

    @Test
    void an_answer_that_goes_on_after_a_tool_was_looked_for_in_vain_is_stopped() throws Exception {
        String refused =
                "data: {\"choices\": [{\"delta\": {\"role\": \"function\", \"content\": \"Tool weather does not"
                        + " exists.\", \"phase\": \"tool_call\", \"status\": \"typing\"}}]}\n\n";
        try (World world = new World(folder, 1, Map.of())) {
            Answer longer = Answer.empty()
                    .raw(refused)
                    .chunks("a ".repeat(40).split("(?<= )"))
                    .delayPerChunk(Duration.ofSeconds(1));
            world.fake.script().queue(longer).otherwise(Answer.text("one two"));
            assertEquals(
                    "one two", world.post("/v1/chat/completions", body(false)).text());
            Eventually.holds("a stop", () -> !world.fake.recorder().stopsSeen().isEmpty());
        }
    }
}
