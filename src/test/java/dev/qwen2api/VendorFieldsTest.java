package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Capture;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wishes and histories of the dialects whose loss nobody would notice. */
@Timeout(120)
class VendorFieldsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String body(String fields) {
        return "{\"model\":\"qwen-max\"," + fields + "}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    /v1/chat/completions | "messages":[{"role":"user","content":"go"}],"reasoning_effort":"someday" | reasoning_effort
                    /v1/chat/completions | "messages":[{"role":"user","content":"go"}],"enable_thinking":true,"reasoning_effort":"" | reasoning_effort
                    /v1/completions | "prompt":"go","reasoning_effort":"someday" | reasoning_effort
                    /v1/responses | "input":"go","reasoning":{"effort":"someday"} | reasoning.effort
                    """)
    void an_unknown_effort_is_refused_with_the_known_ones(String path, String fields, String param) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.post(path, body(fields));
            assertEquals(400, reply.status, reply.toString());
            assertEquals(param, reply.json().at("/error/param").asText());
            String message = reply.json().at("/error/message").asText();
            assertTrue(message.contains("one of none, minimal, low, medium, high, xhigh"), message);
        }
    }

    @Test
    void an_unknown_level_of_thinking_is_refused_in_googles_shape_with_the_known_ones() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.raw(
                    "/v1beta/models/qwen-max:generateContent",
                    "{\"contents\":[{\"parts\":[{\"text\":\"go\"}]}],\"generationConfig\":{\"thinkingConfig\":"
                            + "{\"thinkingLevel\":\"someday\"}}}");
            assertEquals(400, reply.status, reply.toString());
            String message = reply.json().at("/error/message").asText();
            assertTrue(message.contains("thinkingLevel") && message.contains("minimal, low, medium or high"), message);
        }
    }

    @Test
    void what_anthropics_servers_ran_before_is_known_to_the_model() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("ok"));
            World.Reply reply = world.raw(
                    "/v1/messages",
                    body("\"max_tokens\":99,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
                            + "\"text\":\"go\"},{\"type\":\"container_upload\",\"file_id\":\"word1\"}]},"
                            + "{\"role\":\"assistant\",\"content\":[{\"type\":\"mcp_tool_use\",\"id\":\"m\",\"name\":\"word2\","
                            + "\"server_name\":\"s\",\"input\":{}},{\"type\":\"mcp_tool_result\",\"tool_use_id\":\"m\","
                            + "\"content\":[{\"type\":\"text\",\"text\":\"word3\"}]},{\"type\":\"web_search_tool_result\","
                            + "\"tool_use_id\":\"w\",\"content\":[{\"type\":\"web_search_result\",\"title\":\"word4\","
                            + "\"url\":\"https://word5.example\",\"encrypted_content\":\"opaque\"}]},"
                            + "{\"type\":\"code_execution_tool_result\",\"tool_use_id\":\"c\",\"content\":"
                            + "{\"type\":\"code_execution_result\",\"stdout\":\"word6\"}}]},"
                            + "{\"role\":\"user\",\"content\":\"and?\"}]"));
            assertEquals(200, reply.status, reply.toString());
            String seen = world.fake
                    .recorder()
                    .awaitCompletion(1, Duration.ofSeconds(20))
                    .prompt()
                    .text();
            for (int i = 1; i <= 6; i++) {
                assertTrue(seen.contains("word" + i), "word" + i + " in " + seen);
            }
            assertFalse(seen.contains("opaque"), seen);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    /v1/messages | "max_tokens":99,"messages":[{"role":"user","content":"go"}] | /content/1/text
                    /v1/messages | "max_tokens":99,"messages":[{"role":"user","content":"go"}],"tools":[{"type":"web_search_20250305","name":"web_search"}] | /content/3/text
                    /v1/completions | "prompt":"go" | /choices/0/text
                    """)
    void sources_are_found_outside_of_thinking(String path, String fields, String at) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .otherwise(Answer.text("So it is [[1]].")
                            .search("so", new Answer.Doc("https://example.com/a", "A page", "words"))
                            .think("Hm"));
            String model = "{\"model\":\"qwen3.7-plus-thinking-search\"," + fields;
            for (boolean stream : new boolean[] {false, true}) {
                World.Reply reply = world.raw(path, model + ",\"stream\":" + stream + "}");
                assertEquals(200, reply.status, reply.toString());
                String text = stream ? streamed(reply) : reply.json().at(at).asText();
                assertTrue(text.startsWith("So it is"), reply.body);
                assertTrue(text.contains("[A page](https://example.com/a)"), reply.body);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    /v1/chat/completions | "messages":[{"role":"user","content":"go"}]
                    /v1/completions | "prompt":"go"
                    /v1/responses | "input":"go"
                    /v1/messages | "max_tokens":99,"messages":[{"role":"user","content":"go"}]
                    /v1beta/models/qwen-max:generateContent | "contents":[{"parts":[{"text":"go"}]}]
                    """)
    void no_client_is_told_to_wait_for_a_human_check_or_for_hours_but_by_messages(String path, String fields)
            throws Exception {
        List<Fault> faults = List.of(
                Refusals.wafHtml(), Refusals.rateLimited(4), Refusals.reply(Capture.reply("quota-limited.json")));
        for (Fault fault : faults) {
            boolean limited = faults.indexOf(fault) > 0;
            try (World world = new World(folder.resolve(String.valueOf(faults.indexOf(fault))), 1, Map.of())) {
                world.fake.faults().add(fault);
                World.Reply reply = world.raw(path, body(fields));
                assertEquals(limited ? 429 : 503, reply.status, reply.toString());
                boolean told = limited && path.equals("/v1/messages");
                assertEquals(told, !reply.header("Retry-After").isEmpty(), reply.header("Retry-After"));
                assertEquals("false", reply.header("X-Should-Retry"), reply.toString());
                assertTrue(reply.body.contains(limited ? "in about" : "human check"), reply.body);
                assertFalse(reply.body.contains("retryDelay"), reply.body);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    /v1/chat/completions | "messages":[{"role":"user","content":"go"}],"thinking_budget":0
                    /v1/chat/completions | "messages":[{"role":"user","content":"go"}],"thinking":{"type":"disabled","budget_tokens":0}
                    /v1/completions | "prompt":"go","thinking_budget":0
                    /v1/responses | "input":"go","thinking_budget":0
                    /v1/messages | "max_tokens":99,"messages":[{"role":"user","content":"go"}],"thinking":{"type":"disabled","budget_tokens":0}
                    /v1beta/models/qwen3.7-plus-thinking:generateContent | "contents":[{"parts":[{"text":"go"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}
                    """)
    void a_budget_of_nothing_switches_thinking_off(String path, String fields) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.raw(path, "{\"model\":\"qwen3.7-plus-thinking\"," + fields + "}");
            assertEquals(200, reply.status, reply.toString());
            assertFalse(world.fake
                    .recorder()
                    .awaitCompletion(1, Duration.ofSeconds(20))
                    .prompt()
                    .thinking());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    /v1/chat/completions | "messages":[{"role":"user","content":"go"}],"thinking_budget":0,"enable_thinking":true
                    /v1/messages | "max_tokens":99,"messages":[{"role":"user","content":"go"}],"thinking":{"type":"enabled","budget_tokens":0}
                    """)
    void a_budget_of_nothing_for_thinking_that_is_switched_on_is_refused(String path, String fields) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.raw(path, body(fields));
            assertEquals(400, reply.status, reply.toString());
            assertTrue(reply.body.contains("at least 1"), reply.body);
        }
    }

    @ParameterizedTest
    @CsvSource({"17, 200", "257, 400"})
    void messages_take_many_stop_sequences(int count, int status) throws Exception {
        String stops =
                IntStream.range(0, count).mapToObj(i -> "\"s" + i + "\"").collect(Collectors.joining(",", "[", "]"));
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("one s16 two"));
            String fields =
                    "\"max_tokens\":99,\"messages\":[{\"role\":\"user\",\"content\":\"go\"}],\"stop_sequences\":";
            World.Reply reply = world.raw("/v1/messages", body(fields + stops));
            assertEquals(status, reply.status, reply.toString());
            assertEquals(
                    status == 200 ? "one " : "",
                    reply.json().at("/content/0/text").asText());
            assertFalse(reply.body.contains("a string or"), reply.body);
        }
    }

    @ParameterizedTest
    @CsvSource({"function", "custom"})
    void a_tool_in_the_form_of_chat_completions_is_refused_with_the_form_of_a_response(String type) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String tool = "{\"type\":\"" + type + "\",\"" + type + "\":{\"name\":\"f\"}}";
            World.Reply reply = world.post("/v1/responses", body("\"input\":\"go\",\"tools\":[" + tool + "]"));
            assertEquals(400, reply.status, reply.toString());
            assertEquals("tools[0]." + type, reply.json().at("/error/param").asText());
            String message = reply.json().at("/error/message").asText();
            assertTrue(message.contains("{\"type\": \"" + type + "\", \"name\": …}"), message);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    "cachedContent":"cachedContents/abc" | cachedContent | nothing is cached
                    "cached_content":"cachedContents/abc" | cached_content | nothing is cached
                    "generationConfig":{"responseModalities":["TEXT","AUDIO"]} | generationConfig.responseModalities[1] | TEXT or IMAGE
                    """)
    void what_gemini_alone_could_do_is_refused_in_its_shape(String field, String path, String reason) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.raw(
                    "/v1beta/models/qwen-max:generateContent",
                    "{\"contents\":[{\"parts\":[{\"text\":\"go\"}]}]," + field + "}");
            assertEquals(400, reply.status, reply.toString());
            assertEquals("INVALID_ARGUMENT", reply.json().at("/error/status").asText());
            assertTrue(reply.body.contains(path) && reply.body.contains(reason), reply.body);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"text":"a cat"} | t2i
                    {"text":"a cat"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="}} | image_edit
                    """)
    void a_picture_that_gemini_s_clients_ask_for_is_made(String parts, String type) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.image("https://cdn.qwenlm.ai/out/cat.png?key=a"));
            World.Reply reply = world.raw(
                    "/v1beta/models/qwen-max:generateContent",
                    "{\"contents\":[{\"parts\":[" + parts + "]}],\"generationConfig\":{\"responseModalities\":"
                            + "[\"TEXT\",\"IMAGE\"]}}");
            assertEquals(200, reply.status, reply.toString());
            assertEquals(
                    "![image](https://cdn.qwenlm.ai/out/cat.png?key=a)",
                    reply.json()
                            .at("/candidates/0/content/parts/0/text")
                            .asText()
                            .strip());
            String asked = world.fake
                    .recorder()
                    .last(Endpoint.COMPLETIONS)
                    .orElseThrow()
                    .json()
                    .at("/messages/0/chat_type")
                    .asText();
            assertEquals(type, asked);
        }
    }

    @Test
    void an_answer_that_was_cut_off_in_its_thinking_may_be_sent_back() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            for (String thinking : List.of("\"reasoning_content\":\"hm\"", "\"reasoning\":\"hm\"")) {
                World.Reply reply = world.post(
                        "/v1/chat/completions",
                        body(
                                "\"messages\":[{\"role\":\"user\",\"content\":\"go\"},{\"role\":\"assistant\",\"content\":null,"
                                        + thinking + "},{\"role\":\"user\",\"content\":\"go on\"}]"));
                assertEquals(200, reply.status, reply.toString());
            }
        }
    }

    private static String streamed(World.Reply reply) {
        var text = new StringBuilder();
        for (JsonNode event : reply.events()) {
            text.append(event.at("/delta/text").asText(""));
            text.append(event.at("/choices/0/text").asText(""));
        }
        return text.toString();
    }
}
