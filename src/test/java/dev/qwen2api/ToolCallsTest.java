package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Prompt;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tool calls over the socket in every dialect, streamed and whole. */
@Timeout(60)
class ToolCallsTest {

    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"command\":{\"type\":\"string\"}},\"required\":[\"command\"]}";
    private static final String LIST =
            "[tool_call]\n{\"name\": \"Bash\", \"arguments\": {\"command\": \"ls\"}}\n[/tool_call]";
    private static final String CUT = "[tool_call]\n{\"name\": \"Bash\", \"arguments\": {\"command\": \"rm -rf /tmp/a";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** The three dialects: their path, how they name an end, and where they put the tool. */
    enum Dialect {
        CHAT("/v1/chat/completions", "\"finish_reason\":\"tool_calls\"", "\"finish_reason\":\"length\""),
        RESPONSES(
                "/v1/responses",
                "\"type\":\"function_call\",\"status\":\"completed\"",
                "\"reason\":\"max_output_tokens\""),
        MESSAGES("/v1/messages", "\"stop_reason\":\"tool_use\"", "\"stop_reason\":\"max_tokens\"");

        private final String path;
        private final String called;
        private final String limited;

        Dialect(String path, String called, String limited) {
            this.path = path;
            this.called = called;
            this.limited = limited;
        }

        private String body(boolean stream) {
            String head = "{\"model\":\"qwen-max\",\"stream\":" + stream + ",";
            String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"go\"}],";
            return switch (this) {
                case CHAT ->
                    head + messages
                            + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"Bash\",\"parameters\":"
                            + SCHEMA + "}}]}";
                case RESPONSES ->
                    head + "\"input\":\"go\",\"tools\":[{\"type\":\"function\",\"name\":\"Bash\",\"parameters\":"
                            + SCHEMA + "}]}";
                case MESSAGES ->
                    head + messages + "\"max_tokens\":4096,\"tools\":[{\"name\":\"Bash\",\"input_schema\":" + SCHEMA
                            + "}]}";
            };
        }
    }

    static Stream<Arguments> dialects() {
        return Stream.of(Dialect.values())
                .flatMap(dialect -> Stream.of(Arguments.of(dialect, true), Arguments.of(dialect, false)));
    }

    private World.Reply reply(Dialect dialect, boolean stream, Answer... answers) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().queue(answers);
            World.Reply reply = world.post(dialect.path, dialect.body(stream));
            assertEquals(200, reply.status, reply.toString());
            assertEquals(answers.length, world.fake.recorder().completions().size(), reply.toString());
            return reply;
        }
    }

    private static void assertCalls(Dialect dialect, World.Reply reply, String name) {
        assertTrue(reply.body.contains(dialect.called), reply.toString());
        assertTrue(reply.body.contains("\"name\":\"" + name + "\""), reply.toString());
        assertFalse(reply.body.contains("tool_call]"), reply.toString());
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_call_that_is_cut_off_before_anything_was_sent_is_requested_again(Dialect dialect, boolean stream)
            throws Exception {
        for (String cut : List.of("[tool_call]\n{\"name\": \"Bash\", \"argum", CUT, LIST + "\n" + CUT)) {
            World.Reply reply = reply(dialect, stream, Answer.text(cut), Answer.text(LIST));
            assertCalls(dialect, reply, "Bash");
            assertTrue(reply.body.contains("ls"), reply.toString());
            assertFalse(reply.body.contains("/tmp/a"), reply.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_stream_that_breaks_off_within_a_call_is_answered_by_another_account(Dialect dialect, boolean stream)
            throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.script().otherwise(Answer.empty().chunks(CUT, "b", "c\"}}\n[/tool_call]"));
            world.fake.faults().add(StreamFaults.resetAfterText(2).forAccount(world.user(1)));
            World.Reply reply = world.post(dialect.path, dialect.body(stream));
            assertCalls(dialect, reply, "Bash");
            assertEquals(2, world.fake.recorder().completions().size(), reply.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_call_that_is_cut_off_later_ends_at_the_limit_and_stays_open(Dialect dialect, boolean stream)
            throws Exception {
        World.Reply reply;
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("I clean up.\n" + CUT));
            reply = world.post(dialect.path, dialect.body(stream));
            assertTrue(!stream || world.fake.recorder().completions().size() == 1, reply.toString());
        }
        assertTrue(reply.body.contains(dialect.limited), reply.toString());
        assertFalse(reply.body.contains(dialect.called), reply.toString());
        assertFalse(reply.body.contains("/tmp/a\\\""), "the string stays open: " + reply);
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_call_that_the_client_s_limit_cuts_off_stays_open(Dialect dialect, boolean stream) throws Exception {
        String limit = dialect == Dialect.RESPONSES ? "max_output_tokens" : "max_tokens";
        String body = dialect.body(stream).replace("\"max_tokens\":4096,", "");
        body = "{\"" + limit + "\":30," + body.substring(1);
        String words = "echo one two three ".repeat(40);
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text(LIST.replace("ls", words)));
            World.Reply reply = world.post(dialect.path, body);
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.body.contains(dialect.limited), reply.toString());
            assertFalse(reply.body.contains(dialect.called), reply.toString());
            assertEquals(1, world.fake.recorder().completions().size(), "a limit is no reason to ask again");
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_call_of_a_tool_that_was_not_offered_is_handed_on(Dialect dialect, boolean stream) throws Exception {
        String call = "{\"name\": \"write_to_the_file\", \"arguments\": {\"path\": \"a\"}}";
        assertCalls(dialect, reply(dialect, stream, Answer.text(call)), "write_to_the_file");
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_thought_that_is_exactly_one_call_is_a_call(Dialect dialect, boolean stream) throws Exception {
        String body = dialect.body(stream).replace("qwen-max\"", "qwen-max-thinking\"");
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().queue(Answer.empty().think("[tool_call]\n{\"name\": \"Bash\",", LIST.substring(28)));
            World.Reply reply = world.post(dialect.path, body);
            assertEquals(200, reply.status, reply.toString());
            assertCalls(dialect, reply, "Bash");
        }
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_result_that_the_model_plays_is_dropped_and_the_upstream_is_stopped(Dialect dialect, boolean stream)
            throws Exception {
        String played = "\n<tool_response>\nFile written.\n</tool_response>\nAll is done.";
        World.Reply reply = reply(dialect, stream, Answer.text(LIST + played));
        assertCalls(dialect, reply, "Bash");
        assertFalse(reply.body.contains("File written") || reply.body.contains("All is done"), reply.toString());
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void an_answer_that_denies_an_offered_tool_is_requested_again(Dialect dialect, boolean stream) throws Exception {
        World.Reply reply = reply(dialect, stream, Answer.text("Tool Bash does not exists."), Answer.text(LIST));
        assertCalls(dialect, reply, "Bash");
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void stray_marks_and_empty_wrappers_are_never_shown(Dialect dialect, boolean stream) throws Exception {
        World.Reply reply = reply(dialect, stream, Answer.text("Done.\n[tool_call]\n[/tool_call]\n</tool_call>"));
        assertTrue(reply.body.contains("Done."), reply.toString());
        assertFalse(reply.body.contains("tool_call]") || reply.body.contains("</tool_call"), reply.toString());
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void a_call_in_a_fence_that_was_never_closed_is_a_call(Dialect dialect, boolean stream) throws Exception {
        assertCalls(dialect, reply(dialect, stream, Answer.text("I run it:\n```bash\nls\n" + LIST)), "Bash");
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void an_example_in_an_xml_fence_is_words(Dialect dialect, boolean stream) throws Exception {
        String example =
                "```xml\n<tool_call>\n{\"name\": \"Bash\", \"arguments\": {}}\n</tool_call>\n```\nSo it looks.";
        World.Reply reply = reply(dialect, stream, Answer.text(example));
        assertTrue(reply.body.contains("So") && reply.body.contains("xml"), reply.toString());
        assertFalse(reply.body.contains(dialect.called), reply.toString());
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void history_is_written_in_exactly_the_taught_form(Dialect dialect, boolean stream) throws Exception {
        String id = "call_0123456789abcdef01234567";
        String arguments = "{\\\"command\\\": \\\"ls\\\"}";
        String history = switch (dialect) {
            case CHAT ->
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"" + id
                        + "\",\"type\":\"function\",\"function\":{\"name\":\"Bash\",\"arguments\":\"" + arguments
                        + "\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"" + id + "\",\"content\":\"a.txt\"}";
            case RESPONSES ->
                "{\"type\":\"function_call\",\"call_id\":\"" + id + "\",\"name\":\"Bash\",\"arguments\":\"" + arguments
                        + "\"},{\"type\":\"function_call_output\",\"call_id\":\"" + id + "\",\"output\":\"a.txt\"}";
            case MESSAGES ->
                "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"" + id
                        + "\",\"name\":\"Bash\",\"input\":{\"command\":\"ls\"}}]},{\"role\":\"user\",\"content\":"
                        + "[{\"type\":\"tool_result\",\"tool_use_id\":\"" + id + "\",\"content\":\"a.txt\"}]}";
        };
        String user = "{\"role\":\"user\",\"content\":\"go\"}";
        String body = dialect.body(stream)
                .replace("\"input\":\"go\"", "\"input\":[" + user + "," + history + "]")
                .replace("[" + user + "]", "[" + user + "," + history + "]");
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.post(dialect.path, body);
            assertEquals(200, reply.status, reply.toString());
            Prompt prompt = world.fake
                    .recorder()
                    .awaitCompletion(1, Duration.ofSeconds(10))
                    .prompt();
            assertTrue(prompt.text().replace(": ", ":").contains(LIST.replace(": ", ":")), prompt.text());
            assertTrue(
                    prompt.text().contains("[tool_result call=1 name=\"Bash\"]\na.txt\n[/tool_result]"), prompt.text());
            assertFalse(prompt.text().contains(id), prompt.text());
        }
    }
}
