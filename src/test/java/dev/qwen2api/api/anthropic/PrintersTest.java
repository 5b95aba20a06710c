package dev.qwen2api.api.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.openai.Events;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Picture;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both forms of an answer, against the rules of the event stream and against each other. */
class PrintersTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROUNDS = 500;
    private static final MessageHead HEAD = new MessageHead("msg_1", "qwen \"max\" 最", 12, false, true);
    private static final MessageHead SEARCHING = new MessageHead("msg_1", "qwen-max", 12, true, true);
    private static final Finished END = new Finished(Reason.STOP);
    private static final List<AnswerEvent> CALL = List.of(
            new ToolCallOpened(0, "call_1", "read"),
            new ToolCallArguments(0, "{\"path\":"),
            new ToolCallArguments(0, "\"a\"}"),
            new Finished(Reason.TOOL_CALLS));

    private static String printed(MessageHead head, List<AnswerEvent> events) {
        var out = new ByteArrayOutputStream();
        var printer = new MessageEventPrinter(head);
        printer.open(out);
        events.forEach(event -> printer.event(event, out));
        printer.done(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<JsonNode> stream(MessageHead head, List<AnswerEvent> events) {
        return EventStream.parse(printed(head, events));
    }

    private static JsonNode whole(MessageHead head, List<AnswerEvent> events) {
        var printer = new MessagePrinter(head);
        events.forEach(printer::on);
        try {
            return JSON.readTree(printer.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Test
    void every_block_that_is_opened_is_closed_and_they_are_counted_from_0() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            for (MessageHead head : List.of(HEAD, SEARCHING)) {
                EventStream.check(stream(head, Events.random(seed)));
            }
        }
    }

    @Test
    void a_stream_put_together_is_the_message() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            for (MessageHead head : List.of(HEAD, SEARCHING)) {
                List<AnswerEvent> events = Events.random(seed);
                assertEquals(whole(head, events), EventStream.together(stream(head, events)), "seed " + seed);
            }
        }
    }

    @Test
    void an_answer_is_told_event_by_event() {
        assertEquals(
                """
                event: message_start
                data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",\
                "model":"qwen \\"max\\" 最","content":[],"stop_reason":null,"stop_sequence":null,\
                "usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":\
                {"type":"thinking","thinking":"","signature":""}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":\
                {"type":"signature_delta","signature":"cXdlbjJhcGk="}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":0}

                event: content_block_start
                data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a\\n\\n\\"b\\""}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":1}

                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
                "usage":{"input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":5}}

                event: message_stop
                data: {"type":"message_stop"}

                """, printed(HEAD, List.of(new Reasoning("Hm."), new Text("a\n\n\"b\""), new Usage(11, 5, 2, 4), END)));
    }

    @Test
    void a_call_is_a_block_whose_input_comes_in_pieces_of_json() {
        List<JsonNode> events = stream(HEAD, CALL);
        assertEquals(
                json("{\"type\":\"tool_use\",\"id\":\"call_1\",\"name\":\"read\",\"input\":{}}"),
                events.get(1).path("content_block"));
        assertEquals(
                json("{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"path\\\":\"}"),
                events.get(2).path("delta"));
        assertEquals(
                json("[{\"type\":\"tool_use\",\"id\":\"call_1\",\"name\":\"read\",\"input\":{\"path\":\"a\"}}]"),
                whole(HEAD, CALL).path("content"));
    }

    @Test
    void a_call_that_a_limit_cut_short_still_has_an_object_for_its_input() {
        JsonNode message = whole(
                HEAD,
                List.of(
                        new ToolCallOpened(0, "call_1", "read"),
                        new ToolCallArguments(0, "{\"path\":"),
                        new Finished(Reason.LENGTH)));
        assertEquals(json("{}"), message.at("/content/0/input"));
        assertEquals("max_tokens", message.path("stop_reason").asText());
    }

    @Test
    void thinking_in_the_middle_of_a_call_waits_for_its_end() {
        List<AnswerEvent> events = List.of(
                new ToolCallOpened(0, "call_1", "read"),
                new ToolCallArguments(0, "{\"path\":"),
                new Reasoning("Hm."),
                new ToolCallArguments(0, "\"a\"}"),
                new ToolCallOpened(1, "call_2", "read"),
                new Reasoning("So."),
                new ToolCallArguments(1, "{\"path\":\"b\"}"),
                new Finished(Reason.TOOL_CALLS));
        List<JsonNode> stream = stream(HEAD, events);
        EventStream.check(stream);
        JsonNode content = EventStream.together(stream).path("content");
        assertEquals(whole(HEAD, events).path("content"), content);
        assertEquals(List.of("tool_use", "thinking", "tool_use", "thinking"), content.findValuesAsText("type"));
        assertEquals("b", content.at("/2/input/path").asText());
    }

    @ParameterizedTest
    @CsvSource({
        "STOP,           ,    end_turn",
        "STOP,           END, stop_sequence",
        "LENGTH,         ,    max_tokens",
        "TOOL_CALLS,     ,    tool_use",
        "CONTENT_FILTER, ,    refusal",
    })
    void every_end_has_its_name(Reason reason, String stop, String name) {
        var end = new Finished(reason, Optional.ofNullable(stop));
        JsonNode message = whole(HEAD, List.of(new Text("x"), end));
        assertEquals(name, message.path("stop_reason").asText());
        assertEquals(stop == null ? "null" : stop, message.path("stop_sequence").asText());
    }

    @Test
    void what_a_search_found_is_shown_ahead_of_the_words_to_clients_that_offered_one() {
        var found = new Sources(List.of(new Source(1, "https://a.example", "A", "words", "a", "2026-01-01")));
        List<AnswerEvent> events = List.of(
                new Sources(List.of()), new Reasoning("Hm."), found, new Reasoning("So."), new Text("It is."), END);
        JsonNode content = whole(SEARCHING, events).path("content");
        assertEquals(
                List.of("thinking", "server_tool_use", "web_search_tool_result", "text"),
                content.findValuesAsText("type").stream()
                        .filter(type -> !type.equals("web_search_result"))
                        .toList());
        assertEquals("srvtoolu_1", content.at("/2/tool_use_id").asText());
        assertEquals(
                json("{\"type\":\"web_search_result\",\"url\":\"https://a.example\",\"title\":\"A\","
                        + "\"encrypted_content\":\"\",\"page_age\":\"2026-01-01\"}"),
                content.at("/2/content/0"));
        assertEquals(2, whole(HEAD, events).path("content").size());
    }

    @Test
    void a_picture_is_shown_as_markdown() {
        JsonNode message = whole(HEAD, List.of(new Picture("https://cdn.example/1.png"), END));
        assertEquals(
                "![image](https://cdn.example/1.png)\n",
                message.at("/content/0/text").asText());
    }

    @Test
    void a_heartbeat_is_a_ping_that_nothing_but_the_beginning_goes_before() {
        var out = new ByteArrayOutputStream();
        var printer = new MessageEventPrinter(HEAD);
        printer.heartbeat(out);
        printer.heartbeat(out);
        printer.open(out);
        assertEquals(
                List.of("message_start", "ping", "ping"),
                EventStream.parse(out.toString(StandardCharsets.UTF_8)).stream()
                        .map(event -> event.path("type").asText())
                        .toList());
    }

    @Test
    void an_error_in_mid_stream_is_an_event_of_its_own() {
        var out = new ByteArrayOutputStream();
        new MessageEventPrinter(HEAD).fail(Problem.of(ProblemKind.UPSTREAM_ERROR, "account_1: gone\n"), out);
        assertEquals(
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
                        + "\"message\":\"account_1: gone\\n\"}}\n\n",
                out.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_API_KEY,         authentication_error",
        "INVALID_REQUEST,         invalid_request_error",
        "REQUEST_TOO_LARGE,       request_too_large",
        "MODEL_NOT_FOUND,         not_found_error",
        "NOT_FOUND,               not_found_error",
        "RATE_LIMITED,            rate_limit_error",
        "OVERLOADED,              overloaded_error",
        "UPSTREAM_TIMEOUT,        timeout_error",
        "UPSTREAM_ERROR,          api_error",
        "NO_ACCOUNT,              api_error",
        "CONTEXT_LENGTH_EXCEEDED, invalid_request_error",
    })
    void every_problem_has_a_type_that_clients_know(ProblemKind kind, String type) {
        JsonNode error = json(
                new String(new AnthropicErrors().print(Problem.of(kind, "It is so."), "id-1"), StandardCharsets.UTF_8));
        assertEquals("error", error.path("type").asText());
        assertEquals(type, error.at("/error/type").asText());
        assertEquals("id-1", error.path("request_id").asText());
        assertTrue(error.at("/error/message").asText().endsWith("It is so."));
        assertEquals(
                kind == ProblemKind.CONTEXT_LENGTH_EXCEEDED,
                error.at("/error/message").asText().startsWith("prompt is too long"));
    }

    @Test
    void broken_halves_of_characters_do_not_reach_the_wire() {
        List<AnswerEvent> events =
                List.of(new Reasoning("\ud800"), new Text("a\udc00"), new ToolCallOpened(0, "c", "\ud83d"), END);
        assertFalse(printed(HEAD, events).contains("?"));
        assertEquals("a\ufffd", whole(HEAD, events).at("/content/1/text").asText());
    }
}
