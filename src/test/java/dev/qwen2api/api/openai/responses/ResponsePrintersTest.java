package dev.qwen2api.api.openai.responses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.openai.Events;
import dev.qwen2api.api.openai.items.CustomToolInput;
import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Picture;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.schema.OpenAiSchema;
import dev.qwen2api.schema.ResponseSchema;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Both forms of a response, against OpenAI's own description and against each other. */
class ResponsePrintersTest {

    private static final int ROUNDS = 300;
    private static final Finished END = new Finished(Reason.STOP);

    private static final ResponsesRequest PLAIN = Asked.with("\"input\":\"hi\"");
    private static final ResponsesRequest FULL =
            Asked.with("\"input\":\"hi\",\"instructions\":\"Be \\\"brief\\\".\",\"metadata\":{\"a\":\"1\"},"
                    + "\"temperature\":0.5,\"max_output_tokens\":99,\"user\":\"u\",\"reasoning\":{\"effort\":\"high\"},"
                    + "\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{}},\"verbosity\":\"low\"},"
                    + "\"tools\":[{\"type\":\"custom\",\"name\":\"look_up\",\"format\":{\"type\":\"grammar\","
                    + "\"syntax\":\"lark\",\"definition\":\"start: /x/\"}},{\"type\":\"function\",\"name\":\"f\"},"
                    + "{\"type\":\"web_search\",\"external_web_access\":true},{\"type\":\"local_shell\"}],"
                    + "\"tool_choice\":{\"type\":\"custom\",\"name\":\"look_up\"}");

    private static ResponsesRequest request(int seed) {
        return seed % 2 == 0 ? PLAIN : FULL;
    }

    @Test
    void every_event_of_any_answer_obeys_the_schema() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Told.stream(request(seed), Events.random(seed)).forEach(ResponseSchema::checkEvent);
        }
    }

    @Test
    void every_body_of_any_answer_obeys_the_schema() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            OpenAiSchema.of("Response").check(Told.whole(request(seed), Events.random(seed)));
        }
    }

    @Test
    void the_last_event_of_a_stream_holds_what_the_body_would() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            List<AnswerEvent> events = Events.random(seed);
            List<JsonNode> stream = Told.stream(request(seed), events);
            assertEquals(
                    Told.whole(request(seed), events),
                    stream.get(stream.size() - 1).path("response"));
        }
    }

    @Test
    void events_are_numbered_from_nought_without_a_gap() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            List<JsonNode> events = Told.stream(request(seed), Events.random(seed));
            for (int i = 0; i < events.size(); i++) {
                assertEquals(i, events.get(i).path("sequence_number").asInt(-1));
            }
        }
    }

    @Test
    void every_item_is_added_in_its_place_and_done_as_it_stands_in_the_end() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            var done = new TreeMap<Integer, JsonNode>();
            int added = 0;
            List<JsonNode> events = Told.stream(request(seed), Events.random(seed));
            for (JsonNode event : events) {
                if (event.path("type").asText().equals("response.output_item.added")) {
                    assertEquals(added++, event.path("output_index").asInt());
                } else if (event.path("type").asText().equals("response.output_item.done")) {
                    done.put(event.path("output_index").asInt(), event.path("item"));
                }
            }
            assertEquals(added, done.size());
            assertEquals(
                    listOf(events.get(events.size() - 1).path("response").path("output")), List.copyOf(done.values()));
        }
    }

    @Test
    void deltas_add_up_to_what_is_done_within_an_item_that_is_open() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            var grown = new TreeMap<String, StringBuilder>();
            Set<String> closed = new HashSet<>();
            for (JsonNode event : Told.stream(request(seed), Events.random(seed))) {
                String item = event.path("item_id").asText();
                if (event.has("delta")) {
                    assertFalse(closed.contains(item), event::toString);
                    grown.computeIfAbsent(item, key -> new StringBuilder())
                            .append(event.path("delta").asText());
                }
                for (String field : List.of("text", "arguments", "input")) {
                    if (event.path("type").asText().endsWith(".done") && event.has(field)) {
                        assertEquals(
                                String.valueOf(grown.get(item)),
                                event.path(field).asText());
                        closed.add(item);
                    }
                }
            }
        }
    }

    @Test
    void a_plain_answer_is_told_from_its_creation_to_its_completion() {
        assertEquals(
                List.of(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed"),
                Told.types(Told.stream(PLAIN, List.of(new Text("a"), new Text("b"), new Usage(1, 2, 0, 0), END))));
    }

    @Test
    void thinking_is_the_summary_of_an_item_before_the_words() {
        List<JsonNode> events = Told.stream(PLAIN, List.of(new Reasoning("hm"), new Text("a"), END));
        assertEquals(
                List.of(
                        "response.output_item.added",
                        "response.reasoning_summary_part.added",
                        "response.reasoning_summary_text.delta",
                        "response.reasoning_summary_text.done",
                        "response.reasoning_summary_part.done",
                        "response.output_item.done"),
                Told.types(events).subList(2, 8));
        assertEquals("hm", events.get(7).at("/item/summary/0/text").asText());
        assertEquals(1, events.get(8).path("output_index").asInt());
    }

    @Test
    void the_events_of_several_calls_may_come_mixed() {
        List<JsonNode> events = Told.stream(
                PLAIN,
                List.of(
                        new ToolCallOpened(0, "call_a", "f"),
                        new ToolCallOpened(1, "call_b", "g"),
                        new ToolCallArguments(0, "{\"x\":"),
                        new Text("meanwhile"),
                        new ToolCallArguments(1, "{}"),
                        new ToolCallArguments(0, "1}"),
                        new Finished(Reason.TOOL_CALLS)));
        events.forEach(ResponseSchema::checkEvent);
        JsonNode output = events.get(events.size() - 1).at("/response/output");
        assertEquals("{\"x\":1}", output.at("/0/arguments").asText());
        assertEquals("{}", output.at("/1/arguments").asText());
        assertEquals("meanwhile", output.at("/2/content/0/text").asText());
    }

    @Test
    void a_call_without_a_word_of_arguments_has_none() {
        JsonNode call = Told.whole(PLAIN, List.of(new ToolCallOpened(0, "c", "f"), new Finished(Reason.TOOL_CALLS)))
                .at("/output/0");
        assertEquals("{}", call.path("arguments").asText());
    }

    @Test
    void a_custom_tool_gets_its_text_without_the_json_around_it() {
        String patch = "*** Begin Patch\n+\"你好\"\n*** End Patch";
        String arguments = CustomToolInput.toArguments(patch);
        List<JsonNode> events = Told.stream(
                FULL,
                List.of(
                        new ToolCallOpened(0, "call_a", "look_up"),
                        new ToolCallArguments(0, arguments.substring(0, 9)),
                        new ToolCallArguments(0, arguments.substring(9)),
                        new Finished(Reason.TOOL_CALLS)));
        assertEquals(
                List.of(
                        "response.output_item.added",
                        "response.custom_tool_call_input.delta",
                        "response.custom_tool_call_input.done",
                        "response.output_item.done"),
                Told.types(events).subList(2, 6));
        assertEquals(patch, events.get(3).path("delta").asText());
        assertEquals(patch, events.get(5).at("/item/input").asText());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"input":"text"}         | text
                    {"patch":"text"}         | text
                    {"a":"text","b":"more"}  | {"a":"text","b":"more"}
                    {"input":7}              | {"input":7}
                    not JSON                 | not JSON
                    """)
    void a_model_that_writes_other_arguments_is_understood(String arguments, String text) {
        assertEquals(text, CustomToolInput.fromArguments(arguments));
    }

    @Test
    void a_tool_in_a_name_space_is_called_by_both_its_names() {
        ResponsesRequest request =
                Asked.with("\"input\":\"hi\",\"tools\":[{\"type\":\"namespace\",\"name\":\"mcp__fs\","
                        + "\"description\":\"\",\"tools\":[{\"type\":\"function\",\"name\":\"read\"}]}]");
        JsonNode call = Told.whole(
                        request, List.of(new ToolCallOpened(0, "c", "mcp__fs.read"), new Finished(Reason.TOOL_CALLS)))
                .at("/output/0");
        assertEquals("read", call.path("name").asText());
        assertEquals("mcp__fs", call.path("namespace").asText());
    }

    @Test
    void where_calls_may_not_be_parallel_the_first_is_the_only_one() {
        ResponsesRequest request = Asked.with("\"input\":\"hi\",\"parallel_tool_calls\":false");
        JsonNode response = Told.whole(
                request,
                List.of(
                        new ToolCallOpened(0, "c", "f"),
                        new ToolCallArguments(0, "{}"),
                        new ToolCallOpened(1, "d", "g"),
                        new ToolCallArguments(1, "{}"),
                        new Finished(Reason.TOOL_CALLS)));
        assertEquals(1, response.path("output").size());
        assertEquals("c", response.at("/output/0/call_id").asText());
        assertFalse(response.path("parallel_tool_calls").asBoolean());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void an_end_before_its_time_is_no_completion(Reason reason) {
        List<JsonNode> events = Told.stream(PLAIN, List.of(new Reasoning("r"), new Text("a"), new Finished(reason)));
        JsonNode last = events.get(events.size() - 1);
        String cut = last.at("/response/incomplete_details/reason").asText();
        boolean whole = reason == Reason.STOP || reason == Reason.TOOL_CALLS;
        assertEquals(
                whole ? "response.completed" : "response.incomplete",
                last.path("type").asText());
        assertEquals(
                whole ? "completed" : "incomplete", last.at("/response/status").asText());
        assertEquals(
                whole ? "completed" : "incomplete",
                last.at("/response/output/1/status").asText());
        assertEquals("completed", last.at("/response/output/0/status").asText());
        assertEquals(
                whole ? 1_700_000_009 : 0, last.at("/response/completed_at").asLong());
        assertEquals(
                switch (reason) {
                    case LENGTH -> "max_output_tokens";
                    case CONTENT_FILTER -> "content_filter";
                    case STOP, TOOL_CALLS -> "";
                },
                cut.equals("null") ? "" : cut);
    }

    @Test
    void a_failure_ends_the_stream_with_no_item_done_and_no_completion() {
        var out = new ByteArrayOutputStream();
        ResponsePrinter printer = Told.printer(PLAIN);
        printer.open(out);
        printer.event(new ToolCallOpened(0, "c", "f"), out);
        printer.event(new ToolCallArguments(0, "{\"x\":"), out);
        printer.fail(Problem.of(ProblemKind.UPSTREAM_ERROR, "account_1: it broke \"off\". Try again."), out);
        List<JsonNode> events = Told.frames(out);
        events.forEach(ResponseSchema::checkEvent);
        assertEquals(
                "response.failed", events.get(events.size() - 1).path("type").asText());
        JsonNode response = events.get(events.size() - 1).path("response");
        assertEquals("failed", response.path("status").asText());
        assertEquals("server_error", response.at("/error/code").asText());
        assertEquals(
                "account_1: it broke \"off\". Try again.",
                response.at("/error/message").asText());
        assertEquals("incomplete", response.at("/output/0/status").asText());
        assertFalse(Told.types(events).contains("response.output_item.done"));
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void every_failure_obeys_the_schema_even_before_anything_was_told(ProblemKind kind) {
        var out = new ByteArrayOutputStream();
        ResponsePrinter printer = Told.printer(FULL);
        printer.heartbeat(out);
        printer.fail(Problem.of(kind, "it failed"), out);
        List<JsonNode> events = Told.frames(out);
        events.forEach(ResponseSchema::checkEvent);
        assertEquals(List.of("response.created", "response.in_progress", "response.failed"), Told.types(events));
        assertEquals(2, events.get(2).path("sequence_number").asInt());
    }

    @Test
    void a_heartbeat_is_the_response_in_progress_once_more() {
        var out = new ByteArrayOutputStream();
        ResponsePrinter printer = Told.printer(PLAIN);
        printer.heartbeat(out);
        printer.heartbeat(out);
        printer.open(out);
        printer.event(new Text("a"), out);
        printer.heartbeat(out);
        List<JsonNode> events = Told.frames(out);
        events.forEach(ResponseSchema::checkEvent);
        assertEquals(
                List.of(
                        "response.created",
                        "response.in_progress",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.in_progress"),
                Told.types(events));
        assertEquals(6, events.get(6).path("sequence_number").asInt());
    }

    @Test
    void sources_are_annotations_of_the_words_that_cite_them() {
        List<AnswerEvent> answer =
                List.of(new Sources(Events.sources(3)), new Text("See [[2]]"), new Text(" and [[3]]."), END);
        List<JsonNode> events = Told.stream(PLAIN, answer);
        List<JsonNode> annotations = events.stream()
                .filter(event -> event.path("type").asText().endsWith("annotation.added"))
                .toList();
        assertEquals(2, annotations.size());
        assertEquals(1, annotations.get(1).path("annotation_index").asInt());
        assertEquals(
                "https://example.com/2",
                annotations.get(0).at("/annotation/url").asText());
        assertEquals(4, annotations.get(0).at("/annotation/start_index").asInt());
        assertEquals(
                annotations.get(1).path("annotation"),
                Told.whole(PLAIN, answer).at("/output/0/content/0/annotations/1"));
    }

    @Test
    void a_picture_is_a_markdown_image() {
        JsonNode response = Told.whole(PLAIN, List.of(new Picture("https://cdn/x.png"), END));
        assertEquals(
                "![image](https://cdn/x.png)\n",
                response.at("/output/0/content/0/text").asText());
    }

    @Test
    void the_cost_is_told_in_detail() {
        JsonNode usage = Told.whole(PLAIN, List.of(new Text("a"), new Usage(11, 7, 2, 5), END))
                .path("usage");
        assertEquals(
                "{\"input_tokens\":11,\"input_tokens_details\":{\"cached_tokens\":5,\"cache_write_tokens\":0},"
                        + "\"output_tokens\":7,\"output_tokens_details\":{\"reasoning_tokens\":2},\"total_tokens\":18}",
                usage.toString());
    }

    @Test
    void a_response_repeats_its_request() {
        JsonNode response = Told.whole(FULL, List.of(new Text("{}"), END));
        assertEquals("Be \"brief\".", response.path("instructions").asText());
        assertEquals("1", response.at("/metadata/a").asText());
        assertEquals(0.5, response.path("temperature").asDouble());
        assertEquals(99, response.path("max_output_tokens").asInt());
        assertEquals("high", response.at("/reasoning/effort").asText());
        assertEquals("json_schema", response.at("/text/format/type").asText());
        assertEquals("look_up", response.at("/tool_choice/name").asText());
        assertEquals(4, response.path("tools").size());
        assertTrue(response.path("store").asBoolean());
    }

    @Test
    void what_is_kept_is_the_body_and_all_that_was_said_without_instructions_and_thinking() {
        var kept = new ArrayList<StoredResponse>();
        var printer = Told.printer(FULL, kept::add);
        List.of(
                        new Reasoning("hm"),
                        new Text("Look: "),
                        new ToolCallOpened(0, "c", "look_up"),
                        new ToolCallArguments(0, "{\"input\":\"x\"}"),
                        END)
                .forEach(printer::on);
        String body = new String(printer.body(), StandardCharsets.UTF_8);
        assertEquals(body, kept.get(0).body());
        assertEquals(
                "[Message[role=USER, parts=[Text[text=hi]], calls=[], callId=, name=], Message[role=ASSISTANT, parts=[Text[text=Look: ]],"
                        + " calls=[ToolCall[id=c, name=look_up, arguments={\"input\":\"x\"}]], callId=, name=]]",
                kept.get(0).messages().toString());
        assertFalse(kept.get(0).toString().contains("Look"));
    }

    @Test
    void what_may_not_be_stored_is_not_kept() {
        var kept = new ArrayList<StoredResponse>();
        var printer = Told.printer(Asked.with("\"input\":\"hi\",\"store\":false"), kept::add);
        List.of(new Text("a"), END).forEach(printer::on);
        printer.body();
        assertEquals(List.of(), kept);
    }

    private static List<JsonNode> listOf(JsonNode array) {
        var list = new ArrayList<JsonNode>();
        array.forEach(list::add);
        return list;
    }

    @Test
    void the_judge_of_events_can_condemn() {
        ObjectNode event =
                (ObjectNode) Told.stream(PLAIN, List.of(new Text("a"), END)).get(4);
        event.remove("item_id");
        assertThrows(AssertionError.class, () -> ResponseSchema.checkEvent(event));
    }
}
