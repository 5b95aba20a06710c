package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Responses API from a client's socket to the upstream's and back. World holds every reply against the schema. */
@Timeout(60)
class ResponsesTest {

    private static final String PATH = "/v1/responses";
    private static final String OTHER = "sk-somebody-else";
    private static final Map<String, String> TWO_KEYS = Map.of("API_KEY", World.KEY + "," + OTHER);
    private static final String CALL = "[tool_call]\n{\"name\": \"%s\", \"arguments\": %s}\n[/tool_call]";
    private static final String TOOLS = "\"tools\":[{\"type\":\"function\",\"name\":\"read_file\",\"parameters\":"
            + "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}},"
            + "{\"type\":\"custom\",\"name\":\"apply_patch\",\"description\":\"Edits files.\"},{\"type\":\"web_search\"}]";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String ask(String input, String more) {
        return "{\"model\":\"qwen-max\",\"input\":" + input + more + "}";
    }

    private static JsonNode last(World.Reply reply) {
        return reply.events().get(reply.events().size() - 1);
    }

    private static List<String> types(World.Reply reply) {
        return reply.events().stream().map(event -> event.path("type").asText()).toList();
    }

    private static String text(JsonNode response) {
        return response.at("/output/0/content/0/text").asText();
    }

    private static String prompt(World world, int number) throws InterruptedException {
        return world.fake
                .recorder()
                .awaitCompletion(number, Duration.ofSeconds(10))
                .prompt()
                .text();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_question_is_answered_with_its_cost(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("你好, world").usage(11, 7, 2));
            World.Reply reply = world.post(PATH, ask("\"hello\"", ",\"stream\":" + stream));
            assertEquals(200, reply.status, reply.toString());
            JsonNode response = stream ? last(reply).path("response") : reply.json();
            assertEquals("completed", response.path("status").asText());
            assertEquals("你好, world", text(response));
            assertEquals(18, response.at("/usage/total_tokens").asInt());
            assertEquals(
                    2,
                    response.at("/usage/output_tokens_details/reasoning_tokens").asInt());
            assertEquals("hello", prompt(world, 1));
        }
    }

    @Test
    void a_wish_to_think_brings_thinking_before_the_words() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("so").thinking(Answer.thoughts("Weighing", "I weigh it.")));
            JsonNode response = world.post(PATH, ask("\"hello\"", ",\"reasoning\":{\"effort\":\"high\"}"))
                    .json();
            assertTrue(response.at("/output/0/summary/0/text").asText().contains("I weigh it."), response::toString);
            assertEquals("so", response.at("/output/1/content/0/text").asText());
        }
    }

    @Test
    void a_search_brings_its_sources_as_annotations() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            JsonNode response = world.post(PATH, ask("\"news?\"", ",\"tools\":[{\"type\":\"web_search\"}]"))
                    .json();
            assertEquals(
                    "search",
                    world.fake.recorder().completions().get(0).prompt().chatType());
            assertEquals(
                    "https://example.com/a",
                    response.at("/output/0/content/0/annotations/0/url").asText());
        }
    }

    @Test
    void a_failure_before_the_first_word_is_a_status() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.http500());
            World.Reply reply = world.post(PATH, ask("\"hello\"", ",\"stream\":true"));
            assertEquals(502, reply.status);
            assertEquals("upstream_error", reply.errorCode());
        }
    }

    @Test
    void a_failure_after_the_first_word_fails_the_response_and_ends_the_stream() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.faults().add(StreamFaults.resetAfterText(2));
            World.Reply reply = world.post(PATH, ask("\"hello\"", ",\"stream\":true"));
            assertEquals(200, reply.status);
            assertEquals("response.failed", last(reply).path("type").asText());
            assertEquals("server_error", last(reply).at("/response/error/code").asText());
            assertFalse(types(reply).contains("response.completed"));
            String id = last(reply).at("/response/id").asText();
            assertEquals(404, world.get(PATH + "/" + id).status);
        }
    }

    @Test
    void a_token_limit_leaves_the_response_incomplete() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("more ".repeat(500)));
            World.Reply reply = world.post(PATH, ask("\"hello\"", ",\"stream\":true,\"max_output_tokens\":20"));
            assertEquals("response.incomplete", last(reply).path("type").asText());
            assertEquals(
                    "max_output_tokens",
                    last(reply).at("/response/incomplete_details/reason").asText());
        }
    }

    @Test
    void a_probe_for_a_websocket_is_told_to_use_http() throws Exception {
        try (World world = new World(folder, 1, Map.of());
                var socket = new java.net.Socket("127.0.0.1", world.gateway.port())) {
            String request = "GET /v1/responses HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + World.KEY
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(10_000);
            byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 426".length());
            assertEquals("HTTP/1.1 426", new String(start, StandardCharsets.US_ASCII));
            assertEquals(405, world.get("/v1/responses").status);
        }
    }

    @Test
    void a_silent_upstream_is_bridged_by_repeated_progress() throws Exception {
        try (World world = new World(folder, 1, Map.of("HEARTBEAT_SECONDS", "1"))) {
            world.fake.script().otherwise(Answer.text("late").delay(Duration.ofMillis(1400)));
            World.Reply reply = world.post(PATH, ask("\"hello\"", ",\"stream\":true"));
            assertTrue(reply.body.startsWith("event: response.created\n"), reply.body);
            assertFalse(reply.body.contains("\n:"), reply.body);
            assertEquals("late", text(last(reply).path("response")));
        }
    }

    @Test
    void a_function_is_called_and_its_result_is_answered() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .queue(
                            Answer.text("Let me look.\n" + CALL.formatted("read_file", "{\"path\": \"a.txt\"}")),
                            Answer.text("It says 42."));
            World.Reply first = world.post(PATH, ask("\"what is in a.txt?\"", ",\"stream\":true," + TOOLS));
            assertEquals(
                    "t2t", world.fake.recorder().completions().get(0).prompt().chatType());
            assertTrue(types(first).contains("response.function_call_arguments.done"), first.body);
            JsonNode call = last(first).at("/response/output/1");
            assertEquals("function_call", call.path("type").asText());
            assertEquals("a.txt", call.path("arguments").asText().replaceAll(".*: ?\"|\"}", ""));
            String callId = call.path("call_id").asText();
            String items = "[{\"role\":\"user\",\"content\":\"what is in a.txt?\"}," + call
                    + ",{\"type\":\"function_call_output\",\"call_id\":\"" + callId + "\",\"output\":\"forty-two\"}]";
            World.Reply second = world.post(PATH, ask(items, "," + TOOLS));
            assertEquals("It says 42.", text(second.json()));
            String prompt = prompt(world, 2);
            assertTrue(prompt.contains("[tool_result call=1 name=\"read_file\"]\nforty-two"), prompt);
        }
    }

    @Test
    void an_answer_without_the_call_that_is_required_is_asked_for_once_more() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String call = CALL.formatted("read_file", "{}");
            world.fake.script().queue(Answer.text("I would rather not."), Answer.text("Well then.\n" + call));
            String required = ",\"stream\":true,\"tool_choice\":\"required\"," + TOOLS;
            World.Reply reply = world.post(PATH, ask("\"what is in a.txt?\"", required));
            assertFalse(reply.body.contains("rather not"), reply.body);
            JsonNode output = last(reply).at("/response/output");
            assertEquals("Well then.", output.at("/0/content/0/text").asText().strip());
            assertEquals("function_call", output.at("/1/type").asText());
        }
    }

    @Test
    void words_are_given_where_the_call_that_is_required_fails_to_come_twice() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().queue(Answer.text("No."), Answer.text("I said no."), Answer.text("Unasked."));
            String named = ",\"tool_choice\":{\"type\":\"function\",\"name\":\"read_file\"}," + TOOLS;
            World.Reply reply = world.post(PATH, ask("\"what is in a.txt?\"", named));
            assertEquals("I said no.", text(reply.json()));
            assertEquals(1, world.fake.script().queued());
        }
    }

    @Test
    void a_custom_tool_is_called_with_the_bare_text() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String patch = "*** Begin Patch\\n*** Add File: b.txt\\n+\\\"hello\\\"\\n*** End Patch";
            world.fake.script().queue(Answer.text(CALL.formatted("apply_patch", "{\"input\": \"" + patch + "\"}")));
            World.Reply reply = world.post(PATH, ask("\"write b.txt\"", ",\"stream\":true," + TOOLS));
            JsonNode call = last(reply).at("/response/output/0");
            assertEquals("custom_tool_call", call.path("type").asText());
            assertEquals(
                    "*** Begin Patch\n*** Add File: b.txt\n+\"hello\"\n*** End Patch",
                    call.path("input").asText());
        }
    }

    @Test
    void a_response_is_gone_on_from_shown_and_forgotten_with_its_own_key_only() throws Exception {
        try (World world = new World(folder, 1, TWO_KEYS)) {
            world.fake.script().queue(Answer.text("Noted."), Answer.text("You are Ada."), Answer.text("Ada."));
            JsonNode first = world.post(PATH, ask("\"My name is Ada.\"", ",\"instructions\":\"Be brief.\""))
                    .json();
            String id = first.path("id").asText();
            String further = ",\"previous_response_id\":\"" + id + "\"";
            assertEquals(first, world.get(PATH + "/" + id).json());

            World.Reply stranger = world.post(PATH, ask("\"Who am I?\"", further), OTHER);
            assertEquals(400, stranger.status);
            assertEquals("previous_response_not_found", stranger.errorCode());
            assertEquals(404, world.send("GET", PATH + "/" + id, OTHER).status);
            assertEquals(404, world.send("DELETE", PATH + "/" + id, OTHER).status);
            assertEquals(401, world.send("GET", PATH + "/" + id, "sk-none").status);

            JsonNode second = world.post(PATH, ask("\"Who am I?\"", further)).json();
            assertEquals("You are Ada.", text(second));
            assertEquals(id, second.path("previous_response_id").asText());
            String prompt = prompt(world, 2);
            assertTrue(prompt.contains("My name is Ada.") && prompt.contains("Noted."), prompt);
            assertFalse(prompt.contains("Be brief."), prompt);

            World.Reply gone = world.send("DELETE", PATH + "/" + id, World.KEY);
            assertEquals("{\"id\":\"" + id + "\",\"object\":\"response\",\"deleted\":true}", gone.body);
            assertEquals(404, world.get(PATH + "/" + id).status);
            assertEquals(400, world.post(PATH, ask("\"Who am I?\"", further)).status);
            String chain = ",\"previous_response_id\":\"" + second.path("id").asText() + "\"";
            assertEquals("Ada.", text(world.post(PATH, ask("\"Again?\"", chain)).json()));
        }
    }

    @Test
    void what_is_not_to_be_stored_is_not_held() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            JsonNode response =
                    world.post(PATH, ask("\"hi\"", ",\"store\":false")).json();
            assertEquals(404, world.get(PATH + "/" + response.path("id").asText()).status);
        }
    }

    @Test
    void a_picture_in_the_input_is_refused_by_its_place() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.post(
                    PATH,
                    ask("[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"x\"}]}]", ""));
            assertEquals(400, reply.status);
            assertEquals(
                    "input[0].content[0].image_url",
                    reply.json().at("/error/param").asText());
        }
    }
}
