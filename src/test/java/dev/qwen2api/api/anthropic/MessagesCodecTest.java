package dev.qwen2api.api.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesCodecTest {

    private static final String HELLO = "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
    private static final String LOOK_UP =
            "{\"name\":\"look_up\",\"description\":\"Looks up\",\"input_schema\":{\"type\":\"object\"}}";
    private static final String SEARCH = "{\"type\":\"web_search_20250305\",\"name\":\"web_search\",\"max_uses\":5}";

    private static MessagesCodec.MessagesRequest read(String body) throws IOException {
        return MessagesCodec.parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Conversation with(String fields) throws IOException {
        return read(HELLO + "," + fields + "}").conversation();
    }

    private static List<Message> turns(String messages) throws IOException {
        return read("{\"model\":\"m\",\"messages\":[" + messages + "]}")
                .conversation()
                .turns();
    }

    private static List<Message> user(String blocks) throws IOException {
        return turns("{\"role\":\"user\",\"content\":[" + blocks + "]}");
    }

    private static String words(String blocks) throws IOException {
        List<Message> turns = user(blocks);
        assertEquals(1, turns.size());
        return turns.get(0).text();
    }

    private static Problem refusal(String body) {
        return assertThrows(ProblemException.class, () -> read(body)).problem();
    }

    @Test
    void a_plain_request_wishes_for_nothing_more() throws IOException {
        MessagesCodec.MessagesRequest request = read(HELLO + "}");
        assertEquals("qwen-max", request.conversation().model());
        assertEquals(
                List.of(Message.of(Role.USER, "hi")), request.conversation().turns());
        assertEquals(
                Options.NONE.withSourcesAfterAnswer(), request.conversation().options());
        assertEquals(ToolChoice.AUTO, request.conversation().toolChoice());
        assertFalse(request.stream());
        assertTrue(read(HELLO + ",\"stream\":true}").stream());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"Be brief.\"", "[{\"type\":\"text\",\"text\":\"Be brief.\",\"cache_control\":{}}]"})
    void the_system_speaks_first_as_a_string_or_as_blocks(String system) throws IOException {
        assertEquals(
                List.of(Message.of(Role.SYSTEM, "Be brief."), Message.of(Role.USER, "hi")),
                with("\"system\":" + system).turns());
    }

    @Test
    void the_system_may_also_speak_in_between() throws IOException {
        assertEquals(
                List.of(Message.of(Role.USER, "a"), Message.of(Role.SYSTEM, "b")),
                turns("{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"system\",\"content\":\"b\"}"));
    }

    @Test
    void calls_and_their_results_become_turns_in_the_order_of_their_blocks() throws IOException {
        List<Message> turns = turns("""
                {"role":"user","content":"read it"},
                {"role":"assistant","content":[
                  {"type":"thinking","thinking":"hm","signature":"s"},
                  {"type":"redacted_thinking","data":"x"},
                  {"type":"text","text":"I look."},
                  {"type":"tool_use","id":"call_1","name":"read","input":{"path":"a"}},
                  {"type":"tool_use","id":"call_2","name":"list","input":{}}]},
                {"role":"user","content":[
                  {"type":"tool_result","tool_use_id":"call_1","content":"words"},
                  {"type":"tool_result","tool_use_id":"call_2","is_error":true,
                   "content":[{"type":"text","text":"no such"},{"type":"text","text":"folder"}]},
                  {"type":"text","text":"And now?"}]}
                """);
        assertEquals(
                List.of(
                        Message.of(Role.USER, "read it"),
                        new Message(
                                Role.ASSISTANT,
                                List.of(new Message.Text("I look.")),
                                List.of(
                                        new ToolCall("call_1", "read", "{\"path\":\"a\"}"),
                                        new ToolCall("call_2", "list", "{}")),
                                ""),
                        new Message(Role.TOOL, List.of(new Message.Text("words")), List.of(), "call_1"),
                        new Message(
                                Role.TOOL,
                                List.of(
                                        new Message.Text("The call failed:"),
                                        new Message.Text("no such"),
                                        new Message.Text("folder")),
                                List.of(),
                                "call_2"),
                        Message.of(Role.USER, "And now?")),
                turns);
    }

    @Test
    void a_result_may_be_empty_and_stand_behind_words() throws IOException {
        List<Message> turns =
                user("{\"type\":\"text\",\"text\":\"first\"},{\"type\":\"tool_result\",\"tool_use_id\":\"call_1\"}");
        assertEquals(
                List.of(Message.of(Role.USER, "first"), new Message(Role.TOOL, List.of(), List.of(), "call_1")), turns);
    }

    @Test
    void a_message_without_words_is_still_a_turn() throws IOException {
        assertEquals(List.of(new Message(Role.USER, List.of(), List.of(), "")), user(""));
    }

    @Test
    void an_answer_that_was_begun_is_to_be_gone_on_with() throws IOException {
        String begun =
                "{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"The answer is (\"}";
        List<Message> turns = turns(begun);
        assertEquals(Message.of(Role.ASSISTANT, "The answer is ("), turns.get(1));
        assertEquals(Role.SYSTEM, turns.get(2).role());
        assertEquals(
                4,
                turns(begun + ",{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":[]}")
                        .size());
    }

    @Test
    void documents_and_search_results_are_words_where_they_are_text() throws IOException {
        assertEquals(
                "T\nC\nbody",
                words("{\"type\":\"document\",\"title\":\"T\",\"context\":\"C\","
                        + "\"source\":{\"type\":\"text\",\"media_type\":\"text/plain\",\"data\":\"body\"}}"));
        assertEquals(
                "one\ntwo",
                words("{\"type\":\"document\",\"source\":{\"type\":\"content\",\"content\":"
                        + "[{\"type\":\"text\",\"text\":\"one\"},{\"type\":\"text\",\"text\":\"two\"}]}}"));
        assertEquals(
                "Page\nhttps://a.example\nbody",
                words("{\"type\":\"search_result\",\"title\":\"Page\",\"source\":\"https://a.example\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"body\"}]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"so"}} | [The tool web_search was called with {"query":"so"}]
                    {"type":"mcp_tool_use","id":"m1","name":"echo","server_name":"x","input":{"a":1}} | [The tool echo was called with {"a":1}]
                    {"type":"mcp_tool_result","tool_use_id":"m1","is_error":false,"content":[{"type":"text","text":"hello"}]} | ~[The tool returned:]\\nhello~
                    {"type":"mcp_tool_result","tool_use_id":"m1","is_error":true,"content":"broken"} | ~[The tool failed:]\\nbroken~
                    {"type":"web_search_tool_result","tool_use_id":"s1","content":[{"type":"web_search_result","url":"https://a.example","title":"A","encrypted_content":"secret"}]} | ~[The tool returned:]\\n- A https://a.example~
                    {"type":"web_search_tool_result","tool_use_id":"s1","content":{"type":"web_search_tool_result_error","error_code":"max_uses_exceeded"}} | ~[The tool returned:]\\n{"type":"web_search_tool_result_error","error_code":"max_uses_exceeded"}~
                    {"type":"code_execution_tool_result","tool_use_id":"s1","content":{"type":"code_execution_result","stdout":"4","return_code":0}} | ~[The tool returned:]\\n{"type":"code_execution_result","stdout":"4","return_code":0}~
                    {"type":"container_upload","file_id":"file_1"} | {"type":"container_upload","file_id":"file_1"}
                    """)
    void what_a_server_tool_did_before_reaches_the_model_as_words(String block, String words) throws IOException {
        String seen = words.replace("\\n", "\n");
        List<Message> turns = turns("{\"role\":\"assistant\",\"content\":[" + block
                + ",{\"type\":\"text\",\"text\":\"So.\"}]},{\"role\":\"user\",\"content\":\"on\"}");
        assertEquals(seen + "\nSo.", turns.get(0).text());
        assertEquals(List.of(), turns.get(0).calls());
    }

    @Test
    void a_block_that_nobody_knows_is_shown_as_it_is() throws IOException {
        assertEquals("{\"type\":\"new\",\"x\":[1]}", words("{\"type\":\"new\",\"x\":[1]}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"data\":\"aGk=\"}}|IMAGE|messages[0].content[0]",
                "{\"type\":\"document\",\"title\":\"\",\"source\":{\"type\":\"url\",\"url\":\"https://a.example/x\"}}"
                        + "|FILE|messages[0].content[0]",
            })
    void pictures_and_documents_come_along(String block, Media.MediaType mediaType, String path) throws IOException {
        Message message =
                turns("{\"role\":\"user\",\"content\":[" + block + "]}").get(0);
        Media media = (Media) message.parts().get(0);
        assertEquals(mediaType, media.kind());
        assertEquals(path, media.path());
    }

    @Test
    void a_picture_that_another_service_keeps_is_refused_by_its_place() {
        Problem refused =
                refusal("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":"
                        + "{\"type\":\"file\",\"file_id\":\"f\"}}]}]}");
        assertEquals(Optional.of("messages[0].content[0].source.type"), refused.param());
    }

    @Test
    void tools_of_the_client_are_offered_with_their_schema() throws IOException {
        Conversation conversation = with("\"tools\":[" + LOOK_UP
                + ",{\"type\":\"custom\",\"name\":\"bare\"},"
                + "{\"type\":\"later_20300101\",\"name\":\"new\",\"input_schema\":{}}]");
        assertEquals(
                List.of(
                        new Tool("look_up", "Looks up", "{\"type\":\"object\"}"),
                        new Tool("bare", "", "{}"),
                        new Tool("new", "", "{}")),
                conversation.tools());
        assertEquals(Optional.empty(), conversation.options().chatType());
    }

    @Test
    void a_web_search_becomes_the_upstreams_own_and_tools_of_the_client_are_functions() throws IOException {
        Conversation conversation = with("\"tools\":[" + SEARCH + ",{\"type\":\"bash_20250124\",\"name\":\"bash\"},"
                + "{\"type\":\"mcp_toolset\",\"mcp_server_name\":\"x\"}," + LOOK_UP + "]");
        assertEquals(Optional.of(ChatType.SEARCH), conversation.options().chatType());
        assertEquals(
                List.of("bash", "look_up"),
                conversation.tools().stream().map(Tool::name).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"auto\",\"disable_parallel_tool_use\":true} | AUTO     |",
                "{\"type\":\"any\"}                                     | REQUIRED |",
                "{\"type\":\"none\"}                                    | NONE     |",
                "{\"type\":\"tool\",\"name\":\"look_up\"}               | NAMED    | look_up",
                "{\"type\":\"tool\",\"name\":\"web_search\"}            | AUTO     |",
                "null                                                   | AUTO     |",
            })
    void every_choice_of_tools_is_known(String choice, ToolChoice.Mode mode, String name) throws IOException {
        Conversation conversation = with("\"tools\":[" + LOOK_UP + "," + SEARCH + "],\"tool_choice\":" + choice);
        assertEquals(new ToolChoice(mode, name == null ? "" : name), conversation.toolChoice());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"enabled\",\"budget_tokens\":2048}    | true  | 2048",
                "{\"type\":\"adaptive\",\"display\":\"omitted\"}  | true  |",
                "{\"type\":\"disabled\"}                          | false |",
                "{\"type\":\"dreaming\"}                          |       |",
            })
    void thinking_can_be_asked_for_left_to_the_model_or_forbidden(String thinking, Boolean on, Integer budget)
            throws IOException {
        Options options = with("\"thinking\":" + thinking).options();
        assertEquals(Optional.ofNullable(on), options.thinking());
        assertEquals(budget == null ? OptionalInt.empty() : OptionalInt.of(budget), options.thinkingBudget());
    }

    @Test
    void limits_and_stop_texts_are_read() throws IOException {
        Options options = with("\"max_tokens\":32000,\"stop_sequences\":[\"END\",\"\",\"停\"]")
                .options();
        assertEquals(OptionalInt.of(32000), options.maxTokens());
        assertEquals(List.of("END", "停"), options.stop());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"output_config\":{\"effort\":\"high\",\"format\":"
                        + "{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}",
                "\"output_format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}",
            })
    void structured_output_is_asked_for_by_its_schema(String field) throws IOException {
        assertEquals(
                new AnswerFormat(AnswerFormat.Kind.JSON_SCHEMA, "{\"type\":\"object\"}"),
                with(field).options().format());
    }

    /** The options on which the gateway acts. */
    private static Options acted(Options options) {
        return new Options(
                options.chatType(),
                options.thinking(),
                options.thinkingBudget(),
                options.size(),
                options.stop(),
                options.maxTokens(),
                options.format());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"metadata\":{\"user_id\":\"u\"}",
                "\"context_management\":{\"edits\":[{\"type\":\"clear_thinking_20251015\",\"keep\":\"all\"}]}",
                "\"output_config\":{\"effort\":\"max\"}",
                "\"output_config\":{\"effort\":\"none\"}",
                "\"output_config\":{\"effort\":null}",
                "\"output_config\":{}",
                "\"output_config\":7",
                "\"temperature\":1,\"top_p\":0.5,\"top_k\":\"x\"",
                "\"service_tier\":\"auto\",\"container\":null,\"mcp_servers\":[],\"betas\":[\"x\"]",
                "\"something_new\":{\"a\":[1]}",
                "\"tools\":[],\"stop_sequences\":null,\"thinking\":null,\"system\":null,\"max_tokens\":null",
            })
    void what_has_no_meaning_here_does_no_harm(String field) throws IOException {
        Conversation conversation = with(field);
        assertEquals(Options.NONE, acted(conversation.options()));
        assertEquals(List.of(Message.of(Role.USER, "hi")), conversation.turns());
    }

    @ParameterizedTest
    @ValueSource(strings = {"someday", ""})
    void an_unknown_effort_is_refused_with_the_known_ones(String effort) {
        Problem refused = refusal(HELLO + ",\"output_config\":{\"effort\":\"" + effort + "\"}}");
        assertEquals(ProblemKind.INVALID_REQUEST, refused.kind());
        assertEquals(Optional.of("output_config.effort"), refused.param());
        assertEquals(
                "'output_config.effort' must be one of none, minimal, low, medium, high, xhigh, max.",
                refused.message());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"messages\":[]}                                                                  | model",
                "{\"model\":\" \",\"messages\":[]}                                                  | model",
                "{\"model\":\"m\"}                                                                  | messages",
                "{\"model\":\"m\",\"messages\":[]}                                                  | messages",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"bot\",\"content\":\"x\"}]}              | messages[0].role",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}                               | messages[0].content",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]}"
                        + " | messages[0].content[0].text",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\"}]}]}"
                        + " | messages[0].content[0].tool_use_id",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"content\":"
                        + "[{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"b\",\"input\":\"{}\"}]}]}"
                        + " | messages[0].content[0].input",
            })
    void a_mistake_is_named_by_its_place(String body, String path) {
        Problem refused = refusal(body);
        assertEquals(ProblemKind.INVALID_REQUEST, refused.kind());
        assertEquals(Optional.of(path), refused.param());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"max_tokens\":0                                                | max_tokens",
                "\"stream\":\"yes\"                                              | stream",
                "\"system\":7                                                    | system",
                "\"stop_sequences\":\"END\"                                      | stop_sequences",
                "\"thinking\":true                                               | thinking",
                "\"tools\":[{\"description\":\"x\"}]                             | tools[0].name",
                "\"tools\":[{\"name\":\"x\",\"input_schema\":\"y\"}]             | tools[0].input_schema",
                "\"tool_choice\":\"auto\"                                        | tool_choice",
                "\"tool_choice\":{\"type\":\"some\"}                             | tool_choice.type",
                "\"tool_choice\":{\"type\":\"tool\",\"name\":\"nobody\"}         | tool_choice.name",
            })
    void so_is_a_mistake_in_a_wish(String field, String path) {
        assertEquals(Optional.of(path), refusal(HELLO + "," + field + "}").param());
    }
}
