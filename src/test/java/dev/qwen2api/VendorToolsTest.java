package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.fakeqwen.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools, items and fields of the vendors: each becomes what it means, or text for the model, or a clear error. */
@Timeout(60)
class VendorToolsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String RESPONSES = "/v1/responses";
    private static final String CALL = "<tool_call>\n{\"name\": \"%s\", \"arguments\": %s}\n</tool_call>";
    private static final String USER = "\"messages\":[{\"role\":\"user\",\"content\":\"go\"}]";
    private static final String FUNCTION =
            "{\"type\":\"function\",\"function\":{\"name\":\"%s\",\"parameters\":{\"type\":\"object\"}}}";
    private static final String CUSTOM = "{\"type\":\"custom\",\"custom\":{\"name\":\"patch\",\"format\":"
            + "{\"type\":\"grammar\",\"grammar\":{\"syntax\":\"lark\",\"definition\":\"start: /x/\"}}}}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String body(String fields) {
        return "{\"model\":\"qwen-max\"," + fields + "}";
    }

    private static String seen(World world, int number) throws InterruptedException {
        return world.fake
                .recorder()
                .awaitCompletion(number, Duration.ofSeconds(10))
                .prompt()
                .text();
    }

    private static void answer(World world, String name, String arguments) {
        world.fake.script().otherwise(Answer.text(CALL.formatted(name, arguments)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"type":"local_shell"} | local_shell | {"command":["ls","-l"]} | local_shell_call | /action/command/1 | -l
                    {"type":"local_shell"} | local_shell | {"command":"ls -l"} | local_shell_call | /action/command/2 | ls -l
                    {"type":"shell"} | shell | {"commands":["ls"]} | shell_call | /action/commands/0 | ls
                    {"type":"apply_patch"} | apply_patch | {"type":"create_file","path":"a","diff":"+b"} | apply_patch_call | /operation/diff | +b
                    {"type":"tool_search","execution":"client","description":"Finds."} | tool_search | {"query":"mail"} | tool_search_call | /arguments/query | mail
                    """)
    void a_tool_that_openai_describes_is_called_by_its_own_item(
            String tool, String name, String arguments, String type, String at, String value) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            answer(world, name, arguments);
            for (boolean stream : new boolean[] {false, true}) {
                World.Reply reply = world.post(
                        RESPONSES, body("\"input\":\"go\",\"stream\":" + stream + ",\"tools\":[" + tool + "]"));
                assertEquals(200, reply.status, reply.toString());
                JsonNode response =
                        stream ? reply.events().get(reply.events().size() - 1).path("response") : reply.json();
                assertEquals(type, response.at("/output/0/type").asText(), response::toString);
                assertEquals(value, response.at("/output/0" + at).asText(), response::toString);
                assertFalse(response.at("/output/0/call_id").asText().isEmpty());
            }
        }
    }

    @Test
    void every_item_of_the_history_reaches_the_model() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("ok"));
            String input = "[{\"role\":\"user\",\"content\":\"go\"},"
                    + "{\"type\":\"local_shell_call\",\"call_id\":\"c1\",\"status\":\"completed\",\"action\":{\"type\":\"exec\",\"command\":[\"word1\"],\"env\":{}}},"
                    + "{\"type\":\"local_shell_call_output\",\"call_id\":\"c1\",\"output\":\"word2\"},"
                    + "{\"type\":\"shell_call\",\"call_id\":\"c2\",\"action\":{\"commands\":[\"word3\"]}},"
                    + "{\"type\":\"shell_call_output\",\"call_id\":\"c2\",\"output\":[{\"stdout\":\"word4\",\"stderr\":\"\",\"outcome\":{\"type\":\"exit\",\"exit_code\":0}}]},"
                    + "{\"type\":\"apply_patch_call\",\"call_id\":\"c3\",\"operation\":{\"type\":\"delete_file\",\"path\":\"word5\"}},"
                    + "{\"type\":\"apply_patch_call_output\",\"call_id\":\"c3\",\"status\":\"failed\",\"output\":\"word6\"},"
                    + "{\"type\":\"tool_search_call\",\"call_id\":\"c4\",\"arguments\":{\"query\":\"word7\"}},"
                    + "{\"type\":\"tool_search_output\",\"call_id\":\"c4\",\"tools\":[{\"type\":\"function\",\"name\":\"word8\",\"parameters\":{\"type\":\"object\"}}]},"
                    + "{\"type\":\"agent_message\",\"author\":\"a\",\"recipient\":\"b\",\"content\":[{\"type\":\"input_text\",\"text\":\"word9\"}]},"
                    + "{\"type\":\"mcp_call\",\"name\":\"word10\",\"output\":\"x\"},{\"type\":\"never_heard_of\",\"x\":\"word11\"},"
                    + "{\"type\":\"compaction\",\"encrypted_content\":\"foreign\"}]";
            World.Reply reply = world.post(RESPONSES, body("\"input\":" + input));
            assertEquals(200, reply.status, reply.toString());
            String seen = seen(world, 1);
            for (int i = 1; i <= 11; i++) {
                assertTrue(seen.contains("word" + i), "word" + i + " in " + seen);
            }
            assertTrue(seen.contains("compacted by another service"), seen);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    /v1/responses | "input":"go","tools":[{"type":"code_interpreter","container":{"type":"auto"}}] | code_interpreter
                    /v1/responses | "input":"go","tools":[{"type":"mcp","server_label":"deepwiki","server_url":"https://x"}] | mcp (deepwiki)
                    /v1/chat/completions | "messages":[{"role":"user","content":"go"}],"tools":[{"type":"file_search"}] | file_search
                    /v1/messages | "max_tokens":9,"messages":[{"role":"user","content":"go"}],"tools":[{"type":"code_execution_20250825","name":"code_execution"}] | code_execution_20250825
                    /v1/messages | "max_tokens":9,"messages":[{"role":"user","content":"go"}],"mcp_servers":[{"type":"url","name":"wiki","url":"https://x"}] | MCP server wiki
                    """)
    void the_model_learns_which_tools_cannot_be_called(String path, String fields, String named) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("ok"));
            World.Reply reply = world.raw(path, body(fields));
            assertEquals(200, reply.status, reply.toString());
            String seen = seen(world, 1);
            assertTrue(seen.contains("cannot be called: " + named), seen);
        }
    }

    @Test
    void a_choice_of_a_tool_that_does_not_exist_here_is_refused() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.post(
                    RESPONSES,
                    body("\"input\":\"go\",\"tools\":[{\"type\":\"code_interpreter\"}],"
                            + "\"tool_choice\":{\"type\":\"code_interpreter\"}"));
            assertEquals(400, reply.status, reply.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bash_20250124, bash",
        "text_editor_20250728, str_replace_based_edit_tool",
        "text_editor_20250124, str_replace_editor",
        "memory_20250818, memory"
    })
    void a_tool_that_anthropic_describes_can_be_called(String type, String name) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            answer(world, name, "{\"command\":\"view\",\"path\":\"/a\"}");
            World.Reply reply = world.raw(
                    "/v1/messages",
                    body("\"max_tokens\":900," + USER + ",\"tools\":[{\"type\":\"" + type + "\",\"name\":\"" + name
                            + "\"}]"));
            JsonNode call = reply.json().at("/content/0");
            assertEquals("tool_use", call.path("type").asText(), reply.body);
            assertEquals(name, call.path("name").asText());
            assertEquals("view", call.at("/input/command").asText());
        }
    }

    @Test
    void a_custom_tool_is_called_and_told_of_on_chat_completions() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            answer(world, "patch", "{\"input\":\"a \\\"b\\\"\"}");
            World.Reply whole = world.post(CHAT, body(USER + ",\"tools\":[" + CUSTOM + "]"));
            assertEquals(
                    JSON.readTree("{\"name\":\"patch\",\"input\":\"a \\\"b\\\"\"}"),
                    whole.json().at("/choices/0/message/tool_calls/0/custom"),
                    whole.body);
            assertTrue(seen(world, 1).contains("start: /x/"));

            World.Reply streamed = world.raw(CHAT, body(USER + ",\"stream\":true,\"tools\":[" + CUSTOM + "]"));
            var input = new StringBuilder();
            streamed.events()
                    .forEach(event -> input.append(event.at("/choices/0/delta/tool_calls/0/custom/input")
                            .asText("")));
            assertEquals("a \"b\"", input.toString(), streamed.body);

            world.fake.script().otherwise(Answer.text("ok"));
            String history =
                    "\"messages\":[{\"role\":\"user\",\"content\":\"go\"},{\"role\":\"assistant\",\"tool_calls\":"
                            + "[{\"id\":\"c1\",\"type\":\"custom\",\"custom\":{\"name\":\"patch\",\"input\":\"word1\"}}]},"
                            + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"word2\"}]";
            assertEquals(200, world.post(CHAT, body(history)).status);
            String seen = seen(world, 3);
            assertTrue(seen.contains("word1") && seen.contains("word2"), seen);
        }
    }

    @Test
    void allowed_tools_limit_what_the_model_sees_on_chat_completions() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("ok"));
            World.Reply reply = world.post(
                    CHAT,
                    body(USER + ",\"tools\":[" + FUNCTION.formatted("wanted") + "," + FUNCTION.formatted("barred")
                            + "],\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":"
                            + "[{\"type\":\"function\",\"function\":{\"name\":\"wanted\"}}]}}"));
            assertEquals(200, reply.status, reply.toString());
            String seen = seen(world, 1);
            assertTrue(seen.contains("wanted") && !seen.contains("barred"), seen);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"web_search_options\":{}", "\"enable_search\":true", "\"tools\":[{\"type\":\"web_search\"}]"})
    void a_search_is_asked_for_on_chat_completions_in_several_ways(String field) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            assertEquals(200, world.post(CHAT, body(USER + "," + field)).status);
            assertEquals(
                    "search",
                    world.fake.recorder().completions().get(0).prompt().chatType());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void functions_are_answered_by_a_function_call(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            answer(world, "look", "{\"a\":1}");
            World.Reply reply = world.post(
                    CHAT,
                    body(USER + ",\"stream\":" + stream + ",\"functions\":[{\"name\":\"look\",\"parameters\":{}}]"));
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.body.contains("\"finish_reason\":\"function_call\""), reply.body);
            assertFalse(reply.body.contains("tool_calls"), reply.body);
            var arguments = new StringBuilder(
                    stream
                            ? ""
                            : reply.json()
                                    .at("/choices/0/message/function_call/arguments")
                                    .asText());
            if (stream) {
                reply.events()
                        .forEach(event -> arguments.append(event.at("/choices/0/delta/function_call/arguments")
                                .asText("")));
            }
            assertEquals(JSON.readTree("{\"a\":1}"), JSON.readTree(arguments.toString()));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    /v1/chat/completions | "parallel_tool_calls":false,"messages":[{"role":"user","content":"go"}],"tools":[{"type":"function","function":{"name":"look"}}]
                    /v1/responses | "parallel_tool_calls":false,"input":"go","tools":[{"type":"function","name":"look","parameters":{}}]
                    /v1/messages | "max_tokens":900,"tool_choice":{"type":"auto","disable_parallel_tool_use":true},"messages":[{"role":"user","content":"go"}],"tools":[{"name":"look","input_schema":{}}]
                    """)
    void one_call_at_a_time_is_one_call(String path, String fields) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String one = CALL.formatted("look", "{\"a\":\"call1\"}");
            String two = CALL.formatted("look", "{\"a\":\"call2\"}");
            world.fake.script().otherwise(Answer.text(one + "\n" + two));
            for (boolean stream : new boolean[] {false, true}) {
                World.Reply reply = world.raw(path, body(fields + ",\"stream\":" + stream));
                assertEquals(200, reply.status, reply.toString());
                assertTrue(reply.body.contains("call1") && !reply.body.contains("call2"), reply.body);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void chat_completions_take_the_input_of_responses_with_flat_tools(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            answer(world, "look", "{\"a\":1}");
            World.Reply reply = world.post(
                    CHAT,
                    body(
                            "\"stream\":" + stream + ",\"input\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                                    + "{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"word1\"}]},"
                                    + "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"look\",\"arguments\":\"{}\"},"
                                    + "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"word2\"}],"
                                    + "\"tools\":[{\"type\":\"function\",\"name\":\"look\",\"parameters\":{\"type\":\"object\"}}]"));
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.body.contains("\"name\":\"look\""), reply.body);
            String seen = seen(world, 1);
            assertTrue(seen.contains("word1") && seen.contains("word2") && seen.contains("Be brief."), seen);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_compaction_is_one_item_that_can_be_sent_back(boolean stream) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("The cat is called Tom.").think("Hm", "m"));
            World.Reply reply = world.post(
                    RESPONSES,
                    body(
                            "\"stream\":" + stream + ",\"input\":[{\"role\":\"user\",\"content\":\"long talk\"},"
                                    + "{\"type\":\"compaction_trigger\"}],\"tools\":[{\"type\":\"function\",\"name\":\"look\"}]"));
            assertEquals(200, reply.status, reply.toString());
            JsonNode response =
                    stream ? reply.events().get(reply.events().size() - 1).path("response") : reply.json();
            assertEquals(1, response.path("output").size(), response::toString);
            JsonNode item = response.at("/output/0");
            assertEquals("compaction", item.path("type").asText());
            sendsBack(world, item);
        }
    }

    @Test
    void the_route_for_compactions_gives_the_same_item() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("The cat is called Tom."));
            World.Reply reply = world.raw(
                    RESPONSES + "/compact",
                    body("\"instructions\":\"x\",\"input\":[{\"role\":\"user\",\"content\":\"a\"}]"));
            assertEquals(200, reply.status, reply.toString());
            assertEquals("response.compaction", reply.json().path("object").asText());
            assertEquals(1, reply.json().path("output").size());
            sendsBack(world, reply.json().at("/output/0"));
        }
    }

    private static void sendsBack(World world, JsonNode item) throws Exception {
        assertTrue(seen(world, 1).contains("replaced by a summary"));
        World.Reply next =
                world.post(RESPONSES, body("\"input\":[" + item + ",{\"role\":\"user\",\"content\":\"its name?\"}]"));
        assertEquals(200, next.status, next.toString());
        String seen = seen(world, 2);
        assertTrue(seen.contains("The cat is called Tom."), seen);
    }
}
