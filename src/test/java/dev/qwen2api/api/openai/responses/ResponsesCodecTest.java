package dev.qwen2api.api.openai.responses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.api.json.TreeMemory;
import dev.qwen2api.api.openai.items.OfferedTools;
import dev.qwen2api.api.openai.items.ToolForm;
import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.Text;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponsesCodecTest {

    private static final String FUNCTION = "{\"type\":\"function\",\"name\":\"f\",\"description\":\"does f\","
            + "\"parameters\":{\"type\":\"object\"},\"strict\":true}";
    private static final String SEARCH = "{\"type\":\"web_search\",\"external_web_access\":true}";

    private static List<Message> turns(String items) {
        return Asked.with("\"input\":[" + items + "]").conversation().turns();
    }

    private static ResponsesRequest tools(String tools, String more) {
        return Asked.with("\"input\":\"hi\",\"tools\":[" + tools + "]" + more);
    }

    private static Problem refusal(String fields) {
        return assertThrows(ProblemException.class, () -> Asked.with(fields)).problem();
    }

    @Test
    void a_plain_request_wishes_for_nothing_more() {
        ResponsesRequest request = Asked.with("\"input\":\"hi\"");
        assertEquals("qwen-max", request.conversation().model());
        assertEquals(
                List.of(Message.of(Role.USER, "hi")), request.conversation().turns());
        assertEquals(Options.NONE, request.conversation().options());
        assertEquals(ToolChoice.AUTO, request.conversation().toolChoice());
        assertFalse(request.stream());
        assertTrue(request.store());
    }

    @Test
    void instructions_stand_first_and_are_not_part_of_what_was_said() {
        ResponsesRequest request = Asked.with("\"input\":\"hi\",\"instructions\":\"Be brief.\"");
        assertEquals(
                List.of(Message.of(Role.SYSTEM, "Be brief."), Message.of(Role.USER, "hi")),
                request.conversation().turns());
        assertEquals(List.of(Message.of(Role.USER, "hi")), request.said());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"role":"user","content":"a"}                                                       | USER
                    {"type":"message","role":"developer","content":[{"type":"input_text","text":"a"}]}  | SYSTEM
                    {"role":"system","content":"a"}                                                     | SYSTEM
                    {"id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"a"}]}     | ASSISTANT
                    {"role":"assistant","content":[{"type":"refusal","refusal":"a"}]}                   | ASSISTANT
                    """)
    void a_message_is_a_turn(String item, Role role) {
        assertEquals(List.of(Message.of(role, "a")), turns(item));
    }

    @Test
    void calls_belong_to_the_words_before_them_and_results_to_their_calls() {
        List<Message> turns = turns(
                "{\"role\":\"user\",\"content\":\"go\"},"
                        + "{\"role\":\"assistant\",\"content\":\"Looking.\"},"
                        + "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[],\"encrypted_content\":\"x\"},"
                        + "{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{}\"},"
                        + "{\"type\":\"custom_tool_call\",\"call_id\":\"c2\",\"name\":\"p\",\"input\":\"a \\\"b\\\"\"},"
                        + "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"one\"},"
                        + "{\"type\":\"custom_tool_call_output\",\"call_id\":\"c2\",\"output\":[{\"type\":\"input_text\",\"text\":\"two\"}]}");
        assertEquals(
                List.of(
                        Message.of(Role.USER, "go"),
                        new Message(
                                Role.ASSISTANT,
                                List.of(new Text("Looking.")),
                                List.of(
                                        new ToolCall("c1", "f", "{}"),
                                        new ToolCall("c2", "p", "{\"input\":\"a \\\"b\\\"\"}")),
                                ""),
                        new Message(Role.TOOL, List.of(new Text("one")), List.of(), "c1"),
                        new Message(Role.TOOL, List.of(new Text("two")), List.of(), "c2")),
                turns);
    }

    @Test
    void thinking_alone_says_nothing_to_the_model() {
        assertEquals(
                List.of(Message.of(Role.USER, "hi")),
                turns("{\"type\":\"reasoning\",\"summary\":[]},"
                        + "{\"id\":\"rs_1\"},{\"role\":\"user\",\"content\":\"hi\"}"));
    }

    @ParameterizedTest
    @CsvSource({"input_image, image_url", "input_file, file_data", "input_audio, input_audio"})
    void a_part_without_its_bytes_is_refused_by_its_place(String type, String missing) {
        Problem problem = refusal(
                "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"a\"},{\"type\":\""
                        + type + "\"}]}]");
        assertEquals(Optional.of("input[0].content[1]." + missing), problem.param());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "input":7                                                          | input
                    "input":[]                                                         | input
                    "stream":false                                                     | input
                    "input":[7]                                                        | input[0]
                    "input":[{}]                                                       | input[0].role
                    "input":[{"role":"robot","content":"a"}]                           | input[0].role
                    "input":[{"role":"user"}]                                          | input[0].content
                    "input":[{"role":"user","content":[{"type":"odd"}]}]               | input[0].content[0].type
                    "input":[{"type":"function_call","name":"f","arguments":"{}"}]     | input[0].call_id
                    "input":[{"type":"function_call_output","output":"a"}]             | input[0].call_id
                    "input":"a","tools":{}                                             | tools
                    "input":"a","tools":[{"name":"f"}]                                 | tools[0].type
                    "input":"a","tools":[{"type":"function"}]                          | tools[0].name
                    "input":"a","tool_choice":"often"                                  | tool_choice
                    "input":"a","tool_choice":{"type":"function","name":"g"}           | tool_choice.name
                    "input":"a","stream":"yes"                                         | stream
                    "input":"a","temperature":3                                        | temperature
                    "input":"a","temperature":"hot"                                    | temperature
                    "input":"a","top_p":-1                                             | top_p
                    "input":"a","max_output_tokens":0                                  | max_output_tokens
                    "input":"a","metadata":{"a":1}                                     | metadata.a
                    "input":"a","metadata":[]                                          | metadata
                    "input":"a","text":{"format":{"type":"xml"}}                       | text.format.type
                    "input":"a","reasoning":"much"                                     | reasoning
                    "input":"a","background":true                                      | background
                    "input":"a","conversation":"conv_1"                                | conversation
                    "input":"a","prompt":{"id":"p"}                                    | prompt
                    """)
    void a_mistake_is_refused_by_its_field(String fields, String param) {
        Problem problem = refusal(fields);
        assertEquals(ProblemKind.INVALID_REQUEST, problem.kind());
        assertEquals(Optional.of(param), problem.param());
    }

    @Test
    void functions_are_read_beside_tools_of_openai_itself() {
        List<Tool> tools = tools(
                        FUNCTION + ",{\"type\":\"code_interpreter\"},{\"type\":\"mcp\",\"server_label\":\"x\"},"
                                + SEARCH,
                        "")
                .conversation()
                .tools();
        assertEquals(List.of(new Tool("f", "does f", "{\"type\":\"object\"}")), tools);
    }

    @Test
    void a_custom_tool_is_a_function_with_one_text_and_its_grammar_in_words() {
        Tool tool = tools(
                        "{\"type\":\"custom\",\"name\":\"apply_patch\",\"description\":\"Edits files.\","
                                + "\"format\":{\"type\":\"grammar\",\"syntax\":\"lark\",\"definition\":\"start: hunk+\"}}",
                        "")
                .conversation()
                .tools()
                .get(0);
        assertEquals("apply_patch", tool.name());
        assertTrue(tool.description().startsWith("Edits files.\n"), tool.description());
        assertTrue(tool.description().endsWith("lark grammar:\nstart: hunk+"), tool.description());
        assertTrue(tool.parameters().contains("\"required\":[\"input\"]"), tool.parameters());
    }

    @Test
    void tools_in_name_spaces_and_in_the_input_are_offered_too() {
        ResponsesRequest request =
                Asked.with("\"input\":[{\"type\":\"additional_tools\",\"role\":\"developer\",\"tools\":["
                        + "{\"type\":\"namespace\",\"name\":\"functions\",\"tools\":[{\"type\":\"custom\",\"name\":\"exec\"}]},"
                        + "{\"type\":\"namespace\",\"name\":\"clock\",\"tools\":[{\"type\":\"function\",\"name\":\"sleep\"}]}]},"
                        + "{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[" + FUNCTION + "," + FUNCTION + "]");
        assertEquals(
                List.of("f", "exec", "clock.sleep"),
                request.conversation().tools().stream().map(Tool::name).toList());
        assertEquals(
                new OfferedTools.Known("exec", "functions", ToolForm.CUSTOM),
                request.form().offer().known("exec"));
        assertEquals(
                new OfferedTools.Known("sleep", "clock", ToolForm.FUNCTION),
                request.form().offer().known("clock.sleep"));
    }

    @Test
    void an_earlier_call_of_a_tool_in_a_name_space_bears_the_name_that_the_model_was_told() {
        List<Message> turns = turns(
                "{\"type\":\"function_call\",\"call_id\":\"c\",\"namespace\":\"clock\",\"name\":\"sleep\","
                        + "\"arguments\":\"{}\"},{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":{\"ok\":1}}");
        assertEquals("clock.sleep", turns.get(0).calls().get(0).name());
        assertEquals("{\"ok\":1}", turns.get(1).text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "none"                                                                    | NONE     | ``
                    "required"                                                                | REQUIRED | ``
                    {"type":"function","name":"f"}                                            | NAMED    | f
                    {"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]} | REQUIRED | ``
                    """)
    void a_choice_is_read(String choice, ToolChoice.Mode mode, String name) {
        ToolChoice read =
                tools(FUNCTION, ",\"tool_choice\":" + choice).conversation().toolChoice();
        assertEquals(new ToolChoice(mode, name), read);
    }

    @Test
    void of_the_tools_only_those_allowed_are_offered_to_the_model() {
        ResponsesRequest request = tools(
                FUNCTION + ",{\"type\":\"custom\",\"name\":\"p\"}",
                ",\"tool_choice\":{\"type\":\"allowed_tools\",\"mode\":\"auto\",\"tools\":[{\"type\":\"custom\",\"name\":\"p\"}]}");
        assertEquals(
                List.of("p"),
                request.conversation().tools().stream().map(Tool::name).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"type":"web_search"}                    | ``                                          | SEARCH
                    {"type":"web_search_preview_2025_03_11"} | ``                                          | SEARCH
                    {"type":"web_search"}                    | ,"tool_choice":"none"                       | TEXT
                    {"type":"web_search"}                    | ,"chat_type":"t2t"                          | TEXT
                    {"type":"file_search"}                   | ``                                          | TEXT
                    {"type":"web_search"},{"type":"function","name":"f"} | ``                              | TEXT
                    {"type":"web_search"},{"type":"function","name":"f"} | ,"tool_choice":{"type":"web_search_preview"} | SEARCH
                    """)
    void the_web_is_searched_where_that_is_chosen_or_all_there_is_to_choose(String tools, String more, ChatType type) {
        assertEquals(
                type, tools(tools, more).conversation().options().chatType().orElse(ChatType.TEXT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "reasoning":{"effort":"high","summary":"auto"}          | true
                    "reasoning":{"effort":"none"}                           | false
                    "reasoning":{"effort":"minimal"}                        | false
                    "reasoning":{"effort":"xhigh"}                          | true
                    "reasoning":{"effort":"high"},"enable_thinking":false   | false
                    "reasoning":{"summary":"auto"}                          | ``
                    "reasoning":null                                        | ``
                    """)
    void an_effort_is_a_wish_to_think(String fields, String thinking) {
        Optional<Boolean> read = Asked.with("\"input\":\"hi\"," + fields)
                .conversation()
                .options()
                .thinking();
        assertEquals(thinking, read.map(String::valueOf).orElse(""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"type":"text"}                                           | TEXT        | ``
                    {"type":"json_object"}                                    | JSON_OBJECT | ``
                    {"type":"json_schema","name":"n","schema":{"type":"array"}} | JSON_SCHEMA | {"type":"array"}
                    """)
    void the_form_of_the_words_is_read(String format, AnswerFormat.Kind kind, String schema) {
        assertEquals(
                new AnswerFormat(kind, schema),
                Asked.with("\"input\":\"hi\",\"text\":{\"format\":" + format + "}")
                        .conversation()
                        .options()
                        .format());
    }

    private static final String HELD = "{\"id\":\"" + Told.ID + "\",\"output\":[{\"id\":\"msg_" + Told.ID.substring(5)
            + "_0\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"yes\"}]}]}";

    private static Optional<StoredResponse> held(String id) {
        return Optional.of(new StoredResponse(
                        Told.ID, HELD, List.of(Message.of(Role.USER, "a"), Message.of(Role.ASSISTANT, "b"))))
                .filter(held -> held.id().equals(id));
    }

    @Test
    void a_request_goes_on_from_an_earlier_response_without_its_instructions() {
        ResponsesRequest request = Asked.with(
                "\"input\":\"c\",\"instructions\":\"New.\",\"previous_response_id\":\"" + Told.ID + "\"",
                ResponsesCodecTest::held);
        assertEquals(
                List.of(
                        Message.of(Role.SYSTEM, "New."),
                        Message.of(Role.USER, "a"),
                        Message.of(Role.ASSISTANT, "b"),
                        Message.of(Role.USER, "c")),
                request.conversation().turns());
        assertEquals(3, request.said().size());
    }

    @Test
    void an_earlier_response_that_is_not_held_is_refused_as_openai_does() {
        Problem problem = refusal("\"input\":\"c\",\"previous_response_id\":\"resp_1\"");
        assertEquals(ProblemKind.PREVIOUS_RESPONSE_NOT_FOUND, problem.kind());
        assertEquals(Optional.of("previous_response_id"), problem.param());
    }

    @Test
    void an_item_that_is_only_referred_to_is_found_in_its_response() {
        String reference =
                "\"input\":[{\"role\":\"user\",\"content\":\"a\"},{\"type\":\"item_reference\",\"id\":\"msg_%s_%d\"}]";
        String response = Told.ID.substring(5);
        assertEquals(
                List.of(Message.of(Role.USER, "a"), Message.of(Role.ASSISTANT, "yes")),
                Asked.with(reference.formatted(response, 0), ResponsesCodecTest::held)
                        .conversation()
                        .turns());
        Problem problem = assertThrows(
                        ProblemException.class,
                        () -> Asked.with(reference.formatted(response, 1), ResponsesCodecTest::held))
                .problem();
        assertEquals(ProblemKind.NOT_FOUND, problem.kind());
        assertEquals(Optional.of("input[1].id"), problem.param());
        assertEquals(
                ProblemKind.NOT_FOUND,
                refusal("\"input\":[{\"id\":\"msg_somebody_elses\"}]").kind());
    }

    @Test
    void a_response_is_looked_up_and_parsed_once_however_many_of_its_items_are_referred_to() {
        int many = 1000;
        String response = Told.ID.substring(5);
        String items = IntStream.range(0, many)
                .mapToObj(i -> "{\"type\":\"message\",\"id\":\"msg_" + response + "_" + i
                        + "\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"" + i + "\"}]}")
                .collect(Collectors.joining(","));
        String references = IntStream.range(0, many)
                .mapToObj(i -> "{\"id\":\"msg_" + response + "_" + i + "\"}")
                .collect(Collectors.joining(","));
        var stored = new StoredResponse(Told.ID, "{\"metadata\":[{}],\"output\":[" + items + "]}", List.of());
        var lookUps = new AtomicInteger();
        ResponsesRequest request = Asked.with("\"input\":[" + references + "]", id -> {
            lookUps.incrementAndGet();
            return Optional.of(stored);
        });
        assertEquals(many, request.said().size());
        assertEquals(Message.of(Role.ASSISTANT, "999"), request.said().get(999));
        assertEquals(1, lookUps.get());
    }

    @Test
    void an_item_is_referred_to_once() {
        String reference = "{\"id\":\"msg_" + Told.ID.substring(5) + "_0\"}";
        Problem problem = assertThrows(
                        ProblemException.class,
                        () -> Asked.with("\"input\":[" + reference + "," + reference + "]", ResponsesCodecTest::held))
                .problem();
        assertEquals(ProblemKind.INVALID_REQUEST, problem.kind());
        assertEquals(Optional.of("input[1].id"), problem.param());
        assertEquals(
                "Duplicate item found with id msg_" + Told.ID.substring(5)
                        + "_0. Remove duplicate items from your input and try again.",
                problem.message());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"input\":[{\"id\":\"msg_%s_0\"}]", "\"input\":\"c\",\"previous_response_id\":\"resp_%s\""})
    void what_a_request_takes_from_an_earlier_response_counts_as_its_memory(String fields) throws IOException {
        String asked = "{\"model\":\"qwen-max\"," + fields.formatted(Told.ID.substring(5)) + "}";
        var stored = new StoredResponse(Told.ID, HELD + " ".repeat(1_000_000), List.of());
        var body = new CountedBody(asked);
        ResponsesCodec.parse(body, id -> Optional.of(stored));
        assertTrue(body.reserved > 2_000_000, body.reserved + " bytes");
    }

    private static final class CountedBody extends ByteArrayInputStream implements TreeMemory {
        private long reserved;

        CountedBody(String text) {
            super(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void reserve(long bytes) {
            reserved += bytes;
        }
    }
}
