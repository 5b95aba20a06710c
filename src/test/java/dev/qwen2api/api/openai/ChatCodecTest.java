package dev.qwen2api.api.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatCodecTest {

    private static final String HELLO = "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
    private static final String LOOK_UP =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look_up\",\"parameters\":{\"type\":\"object\"}}}]";

    private static ChatCodec.ChatRequest read(byte[] body) throws IOException {
        return ChatCodec.parse(new ByteArrayInputStream(body));
    }

    private static ChatCodec.ChatRequest read(String body) throws IOException {
        return read(body.getBytes(StandardCharsets.UTF_8));
    }

    private static ChatCodec.ChatRequest with(String fields) throws IOException {
        return read(HELLO + "," + fields + "}");
    }

    private static List<Message> turns(String messages) throws IOException {
        return read("{\"model\":\"m\",\"messages\":[" + messages + "]}")
                .conversation()
                .turns();
    }

    private static Problem refusal(String body) {
        return assertThrows(ProblemException.class, () -> read(body)).problem();
    }

    @Test
    void a_plain_request_wishes_for_nothing_more() throws IOException {
        ChatCodec.ChatRequest request = read(HELLO + "}");
        assertEquals("qwen-max", request.conversation().model());
        assertEquals(
                List.of(Message.of(Role.USER, "hi")), request.conversation().turns());
        assertEquals(Options.NONE, request.conversation().options());
        assertEquals(ToolChoice.AUTO, request.conversation().toolChoice());
        assertFalse(request.stream());
        assertFalse(request.includeUsage());
    }

    @ParameterizedTest
    @CsvSource({"system,SYSTEM", "developer,SYSTEM", "user,USER", "assistant,ASSISTANT"})
    void every_role_is_known(String name, Role role) throws IOException {
        assertEquals(List.of(Message.of(role, "x")), turns("{\"role\":\"" + name + "\",\"content\":\"x\"}"));
    }

    @Test
    void parts_of_text_are_kept_apart_and_in_order() throws IOException {
        Message message = turns("{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                        + "{\"type\":\"input_text\",\"text\":\"b\"}]}")
                .get(0);
        assertEquals(List.of(new Message.Text("a"), new Message.Text("b")), message.parts());
        assertEquals("a\nb", message.text());
    }

    @Test
    void a_turn_of_calls_may_be_silent_and_its_results_name_them() throws IOException {
        List<Message> turns = turns("{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"call_1\","
                + "\"type\":\"function\",\"function\":{\"name\":\"look_up\",\"arguments\":\"{\\\"q\\\":1}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"found\"}");
        assertEquals(
                List.of(new Message.ToolCall("call_1", "look_up", "{\"q\":1}")),
                turns.get(0).calls());
        assertEquals(List.of(), turns.get(0).parts());
        assertEquals(Role.TOOL, turns.get(1).role());
        assertEquals("call_1", turns.get(1).callId());
    }

    @Test
    void the_older_forms_of_calls_are_understood() throws IOException {
        List<Message> turns = turns("{\"role\":\"assistant\",\"content\":null,\"function_call\":{\"name\":\"f\","
                + "\"arguments\":{\"a\":1}}},{\"role\":\"function\",\"name\":\"f\",\"content\":\"ok\"}");
        assertEquals(
                List.of(new Message.ToolCall("f", "f", "{\"a\":1}")),
                turns.get(0).calls());
        assertEquals("f", turns.get(1).callId());
    }

    @Test
    void half_a_surrogate_pair_is_mended_where_it_comes_in() throws IOException {
        assertEquals(
                "a\uFFFDb",
                turns("{\"role\":\"user\",\"content\":\"a\\ud83db\"}").get(0).text());
    }

    @Test
    void a_null_counts_as_absent() throws IOException {
        ChatCodec.ChatRequest request =
                with("\"stream\":null,\"stop\":null,\"tools\":null,\"tool_choice\":null,\"n\":null,"
                        + "\"max_tokens\":null,\"response_format\":null,\"temperature\":null,\"stream_options\":null");
        assertEquals(Options.NONE, request.conversation().options());
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

    @Test
    void fields_that_the_gateway_does_not_act_on_are_passed_on_as_they_came() throws IOException {
        assertEquals(
                Map.of("seed", "7", "unheard_of", "{\"x\":null}", "user", "\"me\""),
                with("\"seed\":7,\"unheard_of\":{\"x\":null},\"user\":\"me\",\"stop\":\"END\",\"logit_bias\":null")
                        .conversation()
                        .options()
                        .passedOn());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"user\":\"me\"",
                "\"metadata\":{\"a\":[1]}",
                "\"logprobs\":true",
                "\"unheard_of\":{\"x\":null}",
                "\"temperature\":0.2,\"top_p\":1,\"seed\":7",
                "\"n\":1",
            })
    void what_has_no_effect_here_harms_nothing(String field) throws IOException {
        assertEquals(Options.NONE, acted(with(field).conversation().options()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    "stop":"END"                  | END
                    "stop":["a","","b"]           | a,b
                    "stop":[]                     |
                    """)
    void stops_are_a_text_or_several(String field, String stops) throws IOException {
        List<String> expected = stops == null ? List.of() : List.of(stops.split(","));
        assertEquals(expected, with(field).conversation().options().stop());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    "max_tokens":5                                 | 5
                    "max_completion_tokens":7,"max_tokens":5       | 7
                    "max_tokens":5.0                               | 5
                    "max_tokens":99999999999                       | 2147483647
                    """)
    void the_newer_name_of_the_output_limit_wins(String fields, int limit) throws IOException {
        assertEquals(
                OptionalInt.of(limit), with(fields).conversation().options().maxTokens());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    "enable_thinking":true                                             | true
                    "enable_thinking":false                                            | false
                    "chat_template_kwargs":{"enable_thinking":true}                    | true
                    "enable_thinking":false,"chat_template_kwargs":{"enable_thinking":true} | false
                    "reasoning_effort":"none"                                          | false
                    "reasoning_effort":"minimal"                                       | false
                    "reasoning_effort":"low"                                           | true
                    "reasoning_effort":"medium"                                        | true
                    "reasoning_effort":"xhigh"                                         | true
                    "reasoning_effort":null                                            |
                    "reasoning_effort":"high"                                          | true
                    "thinking":{"type":"enabled","budget_tokens":2048}                 | true
                    "thinking":{"type":"disabled"}                                     | false
                    """)
    void thinking_is_asked_for_in_several_ways(String fields, Boolean thinking) throws IOException {
        assertEquals(
                Optional.ofNullable(thinking),
                with(fields).conversation().options().thinking());
    }

    @ParameterizedTest
    @CsvSource({"t2t,TEXT", "search,SEARCH", "t2i,IMAGE", "image_edit,IMAGE_EDIT", "t2v,VIDEO"})
    void every_chat_type_is_known(String name, ChatType type) throws IOException {
        assertEquals(
                Optional.of(type),
                with("\"chat_type\":\"" + name + "\"").conversation().options().chatType());
    }

    @Test
    void an_answer_can_be_wanted_as_json() throws IOException {
        assertEquals(
                AnswerFormat.JSON_OBJECT,
                with("\"response_format\":{\"type\":\"json_object\"}")
                        .conversation()
                        .options()
                        .format());
        assertEquals(
                new AnswerFormat(AnswerFormat.Kind.JSON_SCHEMA, "{\"type\":\"object\"}"),
                with("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\","
                                + "\"schema\":{\"type\": \"object\"}}}")
                        .conversation()
                        .options()
                        .format());
    }

    @Test
    void functions_are_read_with_their_schemas_whole() throws IOException {
        var tool = new Tool("look_up", "", "{\"type\":\"object\"}");
        assertEquals(List.of(tool), with(LOOK_UP).conversation().tools());
        assertEquals(
                List.of(tool),
                with("\"functions\":[{\"name\":\"look_up\",\"parameters\":{\"type\":\"object\"}}]")
                        .conversation()
                        .tools());
    }

    @Test
    void a_tool_can_be_forced_by_word_and_by_name() throws IOException {
        assertEquals(
                ToolChoice.REQUIRED,
                with(LOOK_UP + ",\"tool_choice\":\"required\"").conversation().toolChoice());
        assertEquals(
                ToolChoice.named("look_up"),
                with(LOOK_UP + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"look_up\"}}")
                        .conversation()
                        .toolChoice());
    }

    @Test
    void the_cost_is_sent_when_it_was_asked_for() throws IOException {
        assertTrue(with("\"stream\":true,\"stream_options\":{\"include_usage\":true}")
                .includeUsage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"messages":[{"role":"user","content":"x"}]}                     | model
                    {"model":" ","messages":[{"role":"user","content":"x"}]}         | model
                    {"model":7,"messages":[{"role":"user","content":"x"}]}           | model
                    {"model":"m"}                                                    | messages
                    {"model":"m","messages":[]}                                      | messages
                    {"model":"m","messages":{}}                                      | messages
                    {"model":"m","messages":["x"]}                                   | messages[0]
                    {"model":"m","messages":[{"content":"x"}]}                       | messages[0].role
                    {"model":"m","messages":[{"role":"robot","content":"x"}]}        | messages[0].role
                    {"model":"m","messages":[{"role":"user"}]}                       | messages[0].content
                    {"model":"m","messages":[{"role":"user","content":7}]}           | messages[0].content
                    {"model":"m","messages":[{"role":"user","content":[7]}]}         | messages[0].content[0]
                    {"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]} | messages[0].content[0].text
                    {"model":"m","messages":[{"role":"user","content":[{"type":"smell"}]}]} | messages[0].content[0].type
                    {"model":"m","messages":[{"role":"assistant"}]}                  | messages[0].content
                    {"model":"m","messages":[{"role":"tool","content":"x"}]}         | messages[0].tool_call_id
                    {"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a"}]}]} | messages[0].tool_calls[0].function
                    """)
    void whatever_is_wrong_with_a_message_is_named(String body, String param) {
        Problem problem = refusal(body);
        assertEquals(400, problem.kind().status());
        assertEquals(Optional.of(param), problem.param());
        assertTrue(problem.message().contains("'" + param + "'"), problem.message());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    "stream":"yes"                                | stream
                    "stream_options":{"include_usage":true}       | stream_options
                    "stream":true,"stream_options":7              | stream_options
                    "stream":true,"stream_options":{"include_usage":1} | stream_options.include_usage
                    "n":2                                         | n
                    "n":0                                         | n
                    "temperature":"hot"                           | temperature
                    "stop":7                                      | stop
                    "stop":["a","b","c","d","e"]                  | stop
                    "stop":[7]                                    | stop[0]
                    "max_tokens":0                                | max_tokens
                    "max_tokens":1.5                              | max_tokens
                    "max_completion_tokens":"many"                | max_completion_tokens
                    "enable_thinking":"yes"                       | enable_thinking
                    "thinking_budget":-1                          | thinking_budget
                    "chat_type":"t3t"                             | chat_type
                    "size":16                                     | size
                    "response_format":"json"                      | response_format
                    "response_format":{"type":"xml"}              | response_format.type
                    "response_format":{"type":"json_schema"}      | response_format.json_schema
                    "tools":{}                                    | tools
                    "tools":[{"type":"function"}]                 | tools[0].name
                    "tools":[{"type":"function","function":{"name":""}}] | tools[0].function.name
                    "tools":[{"type":"function","function":{"name":"f","parameters":[]}}] | tools[0].function.parameters
                    "tool_choice":"maybe"                         | tool_choice
                    "tool_choice":{"type":"function","function":{"name":"g"}} | tool_choice.function.name
                    """)
    void whatever_is_wrong_with_a_wish_is_named(String field, String param) {
        Problem problem = refusal(HELLO + "," + field + "}");
        assertEquals(400, problem.kind().status());
        assertEquals(Optional.of(param), problem.param());
        assertTrue(problem.message().contains("'" + param + "'"), problem.message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]", "\"x\"", "{", "{\"a\":}", "{} {}", "{'a':1}"})
    void what_is_no_json_object_is_told_so(String body) {
        Problem problem = refusal(body);
        assertEquals(ProblemKind.INVALID_REQUEST, problem.kind());
        assertTrue(problem.message().startsWith("The body "), problem.message());
    }

    @Test
    void bytes_that_are_no_utf_8_are_told_so() {
        byte[] body = (HELLO + "}").getBytes(StandardCharsets.UTF_8);
        body[HELLO.indexOf("hi")] = (byte) 0xff;
        Problem problem = assertThrows(ProblemException.class, () -> read(body)).problem();
        assertEquals(ProblemKind.INVALID_REQUEST, problem.kind());
    }

    @Test
    void absurd_nesting_is_refused_before_it_costs_anything() {
        String body = HELLO + ",\"metadata\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}";
        assertEquals(ProblemKind.REQUEST_TOO_DEEP, refusal(body).kind());
    }

    @Test
    void no_refusal_repeats_what_was_said() {
        Problem problem = refusal("{\"model\":\"m\",\"messages\":[{\"role\":\"secret words\",\"content\":\"x\"}]}");
        assertFalse(problem.message().contains("secret"), problem.message());
    }
}
