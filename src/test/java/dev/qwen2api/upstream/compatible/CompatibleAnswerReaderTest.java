package dev.qwen2api.upstream.compatible;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How chunks of OpenAI's stream, as several services write them, become events. */
class CompatibleAnswerReaderTest {

    private final CompatibleAnswerReader reader = new CompatibleAnswerReader();
    private final List<AnswerEvent> events = new ArrayList<>();

    private void frame(String data) throws UpstreamException {
        reader.feed(ByteBuffer.wrap(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8)), events::add);
    }

    private void delta(String delta) throws UpstreamException {
        frame("{\"choices\":[{\"index\":0,\"delta\":{" + delta + "},\"finish_reason\":null}]}");
    }

    private void finish(String reason) throws UpstreamException {
        frame("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}");
    }

    private static String call(String more, String function) {
        return "\"tool_calls\":[{" + more + "\"type\":\"function\",\"function\":{" + function + "}}]";
    }

    @Test
    void thinking_words_and_cost_become_events_and_nothing_follows_the_end() throws Exception {
        delta("\"role\":\"assistant\",\"content\":\"\"");
        delta("\"reasoning_content\":\"Hm\",\"content\":null");
        delta("\"content\":\"yes\"");
        finish("stop");
        frame(
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":1},\"prompt_tokens_details\":{\"cached_tokens\":2}}}");
        frame("[DONE]");
        delta("\"content\":\"late\"");
        assertEquals(
                List.of(
                        new Reasoning("Hm"),
                        new Text("yes"),
                        new Usage(7, 3, 1, 2),
                        new Finished(Finished.Reason.STOP)),
                events);
        assertTrue(reader.isFinished());
    }

    /**
     * How a second call says that it is one: by its index, by its id alone, or by its id under an index that never
     * changes.
     */
    @ParameterizedTest
    @CsvSource({"'\"index\":1,'", "''", "'\"index\":0,'"})
    void calls_are_told_apart_however_they_are_numbered(String index) throws Exception {
        delta(call("\"index\":0,\"id\":\"a\",", "\"name\":\"look\",\"arguments\":\"{\\\"x\\\"\""));
        delta(call("\"index\":0,\"id\":\"\",", "\"name\":null,\"arguments\":\":1}\""));
        delta(call(index + "\"id\":\"b\",", "\"name\":\"read\",\"arguments\":\"{}\""));
        finish("stop");
        reader.end(events::add);
        assertEquals(
                List.of(
                        new ToolCallOpened(0, "a", "look"),
                        new ToolCallArguments(0, "{\"x\""),
                        new ToolCallArguments(0, ":1}"),
                        new ToolCallOpened(1, "b", "read"),
                        new ToolCallArguments(1, "{}"),
                        new Finished(Finished.Reason.TOOL_CALLS)),
                events);
    }

    @Test
    void a_call_without_an_id_gets_one() throws Exception {
        delta(call("\"index\":0,", "\"name\":\"look\",\"arguments\":\"{}\""));
        assertTrue(((ToolCallOpened) events.get(0)).id().startsWith("call_"), events.toString());
    }

    @Test
    void arguments_of_a_call_that_is_over_already_are_a_broken_answer() throws Exception {
        delta(call("\"index\":0,\"id\":\"a\",", "\"name\":\"look\",\"arguments\":\"{\""));
        delta(call("\"index\":1,\"id\":\"b\",", "\"name\":\"look\",\"arguments\":\"{\""));
        UpstreamException mixed =
                assertThrows(UpstreamException.class, () -> delta(call("\"index\":0,", "\"arguments\":\"}\"")));
        assertEquals(FailureKind.BROKEN, mixed.failure().kind());
    }

    @ParameterizedTest
    @CsvSource({"length, LENGTH", "content_filter, CONTENT_FILTER", "tool_calls, STOP", "eos, STOP"})
    void the_reason_of_the_end_is_openais_own(String reason, Finished.Reason expected) throws Exception {
        delta("\"content\":\"x\"");
        finish(reason);
        reader.end(events::add);
        assertEquals(new Finished(expected), events.get(events.size() - 1));
    }

    @ParameterizedTest
    @CsvSource({"true, TRUNCATED", "false, EMPTY"})
    void a_stream_that_ends_too_early_is_a_failure(boolean words, FailureKind kind) throws Exception {
        delta(words ? "\"content\":\"x\"" : "\"role\":\"assistant\"");
        UpstreamException early = assertThrows(UpstreamException.class, () -> reader.end(events::add));
        assertEquals(kind, early.failure().kind());
    }

    @Test
    void a_frame_of_more_than_300_000_tokens_is_the_services_fault() throws Exception {
        delta("\"content\":\"x\",\"more\":[1" + ",1".repeat(300_000) + "]");
        UpstreamException refused = assertThrows(UpstreamException.class, () -> reader.end(events::add));
        assertEquals(FailureKind.EMPTY, refused.failure().kind());
    }

    @Test
    void the_words_of_an_error_cost_little_however_many() {
        ObjectNode frame = JsonNodeFactory.instance.objectNode();
        frame.putObject("error").put("code", 429).put("message", "wait" + " ".repeat(1_000_000) + "!");
        Failure failure = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> CompatibleErrorParser.parse(frame));
        assertEquals(FailureKind.RATE_LIMITED, failure.kind());
    }
}
