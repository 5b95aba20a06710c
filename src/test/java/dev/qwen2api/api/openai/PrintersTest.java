package dev.qwen2api.api.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.openai.Completion.CallFormat;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Picture;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.schema.OpenAiSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both forms of an answer, against OpenAI's own description and against each other. */
class PrintersTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROUNDS = 300;
    private static final Completion HEAD =
            new Completion("chatcmpl-1", Instant.ofEpochSecond(1_700_000_000), "qwen \"max\" 最");
    private static final Finished END = new Finished(Finished.Reason.STOP);

    @Test
    void every_chunk_of_any_answer_obeys_the_schema() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            stream(Events.random(seed), true).forEach(OpenAiSchema.of("CreateChatCompletionStreamResponse")::check);
        }
    }

    @Test
    void every_completion_of_any_answer_obeys_the_schema() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            OpenAiSchema.of("CreateChatCompletionResponse").check(whole(Events.random(seed)));
        }
    }

    @Test
    void a_stream_and_a_completion_of_the_same_answer_say_the_same() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            List<AnswerEvent> events = Events.random(seed);
            JsonNode message = choice(whole(events)).path("message");
            List<JsonNode> chunks = stream(events, false);
            assertEquals(message.path("content").asText(""), joined(chunks, "content"));
            assertEquals(message.path("reasoning_content").asText(""), joined(chunks, "reasoning_content"));
            assertEquals(
                    message.path("annotations"),
                    choice(chunks.get(chunks.size() - 1)).path("delta").path("annotations"));
            assertEquals(callsOf(message.path("tool_calls")), calls(chunks));
            assertEquals(
                    choice(whole(events)).path("finish_reason"),
                    choice(chunks.get(chunks.size() - 1)).path("finish_reason"));
        }
    }

    @Test
    void the_role_is_told_once_and_first() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            List<JsonNode> chunks = stream(Events.random(seed), false);
            for (int i = 0; i < chunks.size(); i++) {
                assertEquals(i == 0, choice(chunks.get(i)).path("delta").has("role"));
            }
        }
    }

    @Test
    void a_chunk_is_one_line_and_a_blank_one() {
        assertEquals(
                "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                        + "\"model\":\"qwen \\\"max\\\" 最\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
                        + "\"content\":\"a\\n\\nb\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n",
                printed(List.of(new Text("a\n\nb")), false));
    }

    @Test
    void the_cost_is_the_last_chunk_when_it_was_asked_for_and_never_otherwise() {
        List<AnswerEvent> events = List.of(new Text("a"), new Usage(5, 3, 2, 1), END);
        assertFalse(printed(events, false).contains("usage"));
        List<JsonNode> chunks = stream(events, true);
        JsonNode last = chunks.get(chunks.size() - 1);
        assertTrue(last.path("choices").isEmpty());
        assertEquals(
                "{\"prompt_tokens\":5,\"completion_tokens\":3,\"total_tokens\":8,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":1},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":2}}",
                last.path("usage").toString());
    }

    private static JsonNode tree(String json) {
        try {
            return new JsonMapper().readTree(json);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Test
    void a_heartbeat_is_an_empty_chunk_and_the_first_one_carries_the_role() {
        var out = new ByteArrayOutputStream();
        var printer = new ChunkPrinter(HEAD, false);
        printer.heartbeat(out);
        printer.event(new Text("a"), out);
        printer.heartbeat(out);
        printer.event(new Text("b"), out);
        printer.event(new Finished(Finished.Reason.STOP), out);
        assertFalse(out.toString(StandardCharsets.UTF_8).startsWith(":"));
        List<JsonNode> chunks = new ArrayList<>();
        for (String frame : out.toString(StandardCharsets.UTF_8).split("\n\n")) {
            chunks.add(tree(frame.substring("data: ".length())));
        }
        chunks.forEach(OpenAiSchema.of("CreateChatCompletionStreamResponse")::check);
        List<String> deltas = chunks.stream()
                .map(chunk -> chunk.at("/choices/0/delta").toString())
                .toList();
        assertEquals(
                List.of("{\"role\":\"assistant\"}", "{\"content\":\"a\"}", "{}", "{\"content\":\"b\"}", "{}"), deltas);
        assertEquals(
                1,
                chunks.stream()
                        .map(chunk -> chunk.path("id").asText())
                        .distinct()
                        .count());
    }

    @Test
    void an_answer_without_a_word_still_has_a_message() {
        assertEquals(
                "", choice(whole(List.of(END))).path("message").path("content").asText());
        assertEquals(
                "{\"role\":\"assistant\",\"content\":\"\"}",
                choice(stream(List.of(END), false).get(0)).path("delta").toString());
    }

    @Test
    void a_message_of_calls_alone_has_no_content() {
        JsonNode message = choice(whole(List.of(
                        new AnswerEvent.ToolCallOpened(0, "call_1", "go"),
                        new AnswerEvent.ToolCallArguments(0, "{}"),
                        new Finished(Finished.Reason.TOOL_CALLS))))
                .path("message");
        assertTrue(message.get("content").isNull());
        assertEquals("go", message.at("/tool_calls/0/function/name").asText());
    }

    @Test
    void a_picture_is_shown_as_markdown() {
        List<AnswerEvent> events = List.of(new Picture("https://cdn.example/1.png"), END);
        assertEquals("![image](https://cdn.example/1.png)\n", joined(stream(events, false), "content"));
    }

    @Test
    void a_citation_points_at_its_mark_in_the_text() {
        JsonNode annotations = choice(
                        whole(List.of(new Sources(Events.sources(2)), new Text("So it is [[2]], not [[9]]."), END)))
                .path("message")
                .path("annotations");
        assertEquals(1, annotations.size());
        JsonNode citation = annotations.get(0).path("url_citation");
        assertEquals("https://example.com/2", citation.path("url").asText());
        assertEquals(9, citation.path("start_index").asInt());
        assertEquals(14, citation.path("end_index").asInt());
    }

    @Test
    void sources_that_the_text_does_not_cite_stand_for_all_of_it() {
        JsonNode annotations = choice(whole(List.of(new Sources(Events.sources(2)), new Text("So."), END)))
                .path("message")
                .path("annotations");
        assertEquals(2, annotations.size());
        assertEquals(3, annotations.at("/1/url_citation/end_index").asInt());
    }

    @Test
    void thinking_is_apart_from_the_answer() {
        JsonNode message = choice(whole(List.of(new Reasoning("Hm"), new Reasoning("."), new Text("Yes"), END)))
                .path("message");
        assertEquals("Hm.", message.path("reasoning_content").asText());
        assertEquals("Yes", message.path("content").asText());
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void every_problem_is_openai_s_error_object_alone_and_within_a_stream(ProblemKind kind) {
        Problem problem = Problem.of(kind, "what \"happened\"\n");
        OpenAiSchema.of("ErrorResponse").check(new ErrorCodec().print(problem));
        var out = new ByteArrayOutputStream();
        new ChunkPrinter(HEAD, true).fail(problem, out);
        List<JsonNode> events = events(out.toString(StandardCharsets.UTF_8));
        assertEquals(1, events.size());
        assertEquals(kind.code(), events.get(0).at("/error/code").textValue());
        assertEquals("what \"happened\"\n", events.get(0).at("/error/message").asText());
    }

    private static JsonNode whole(List<AnswerEvent> events) {
        var printer = new CompletionPrinter(HEAD, CallFormat.FUNCTIONS);
        events.forEach(printer::on);
        return json(new String(printer.body(), StandardCharsets.UTF_8));
    }

    private static String printed(List<AnswerEvent> events, boolean includeUsage) {
        var printer = new ChunkPrinter(HEAD, includeUsage);
        var out = new ByteArrayOutputStream();
        printer.open(out);
        events.forEach(event -> printer.event(event, out));
        if (events.get(events.size() - 1) instanceof Finished) {
            printer.done(out);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<JsonNode> stream(List<AnswerEvent> events, boolean includeUsage) {
        String text = printed(events, includeUsage);
        assertTrue(text.endsWith("data: [DONE]\n\n"));
        return events(text);
    }

    private static List<JsonNode> events(String text) {
        var events = new ArrayList<JsonNode>();
        for (String line : text.split("\n\n")) {
            assertTrue(line.startsWith("data: "), line);
            if (!line.equals("data: [DONE]")) {
                events.add(json(line.substring(6)));
            }
        }
        return events;
    }

    private static JsonNode choice(JsonNode body) {
        return body.path("choices").path(0);
    }

    private static String joined(List<JsonNode> chunks, String field) {
        var text = new StringBuilder();
        chunks.forEach(
                chunk -> text.append(choice(chunk).path("delta").path(field).asText("")));
        return text.toString();
    }

    private static List<String> callsOf(JsonNode list) {
        var calls = new ArrayList<String>();
        list.forEach(call -> calls.add(call.path("id").asText()
                + call.at("/function/name").asText()
                + call.at("/function/arguments").asText()));
        return calls;
    }

    private static List<String> calls(List<JsonNode> chunks) {
        var calls = new ArrayList<String>();
        for (JsonNode chunk : chunks) {
            for (JsonNode call : choice(chunk).path("delta").path("tool_calls")) {
                int index = call.path("index").asInt();
                String piece = call.path("id").asText()
                        + call.at("/function/name").asText()
                        + call.at("/function/arguments").asText();
                if (index == calls.size()) {
                    calls.add(piece);
                } else {
                    calls.set(index, calls.get(index) + piece);
                }
            }
        }
        return calls;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException broken) {
            throw new UncheckedIOException(text, broken);
        }
    }
}
