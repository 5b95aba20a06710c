package dev.qwen2api.api.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies as trees: the same as Jackson's own, and none larger than its memory. */
class JsonBodyTest {

    /** A body whose tree may take a megabyte. */
    private static final class Bounded extends ByteArrayInputStream implements TreeMemory {
        private long reserved;

        Bounded(String json) {
            super(json.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void reserve(long bytes) {
            reserved += bytes;
            if (reserved > 1 << 20) {
                throw Problem.of(ProblemKind.REQUEST_TOO_LARGE, "too many values")
                        .toException();
            }
        }
    }

    private static InputStream body(String json) {
        return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},[],{},[[{}]]],\"n\":1}",
                "{\"model\":\"a\",\"model\":\"b\",\"n\":[1,-1,1.5,1e300,12345678901,123456789012345678901234567890]}",
                "{\"tools\":[true,false,null,\"\\u00e9\\ud83d\\udc0b\"],\"input\":{\"a\":{\"b\":{\"c\":[]}}}}",
            })
    void a_tree_is_the_one_that_jackson_builds(String json) throws IOException {
        assertEquals(
                new JsonMapper().readTree(json).toString(),
                JsonBody.read(body(json)).json());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{},", "[],", "1,", "\"\",", "{\"a\":1},", "{\"role\":\"user\",\"content\":\"x\"},"})
    void a_tree_of_tiny_values_is_refused_before_it_is_built(String value) {
        String many = value.repeat(2_000_000 / value.length());
        var refused = assertThrows(
                ProblemException.class, () -> JsonBody.read(new Bounded("{\"messages\":[" + many + "0]}")));
        assertEquals(ProblemKind.REQUEST_TOO_LARGE, refused.problem().kind());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "\"text\"", "{} {}", "{}]", "[1", "{\"a\":[}"})
    void what_is_no_object_is_refused(String json) {
        assertThrows(ProblemException.class, () -> JsonBody.read(body(json)));
    }

    @Test
    void a_path_is_written_only_for_a_message() throws IOException {
        RequestField request = JsonBody.read(body("{\"messages\":[{},{\"content\":[1]}]}"));
        RequestField message = request.get("messages").items().get(1);
        assertEquals(
                "messages[1].content[0]", message.get("content").items().get(0).path());
        assertEquals("messages", request.get("messages").path());
        assertEquals("", request.path());
    }

    @Test
    void lone_surrogates_are_replaced_in_one_pass() {
        String halves = "\ud800".repeat(1_000_000);
        String mended = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> WellFormedText.text(halves));
        assertEquals("\ufffd".repeat(1_000_000), mended);
        assertEquals("a\ufffd\ud83d\udc0b\ufffd", WellFormedText.text("a\udc00\ud83d\udc0b\ud83d"));
        assertFalse(WellFormedText.text("\ud800x").contains("\ud800"));
    }

    @Test
    void stop_texts_are_bounded_in_number_and_length() throws IOException {
        for (String stop : List.of("[\"" + "x".repeat(1001) + "\"]", "[" + "\"a\",".repeat(16) + "\"a\"]")) {
            RequestField request = JsonBody.read(body("{\"stop\":" + stop + "}"));
            var refused = assertThrows(ProblemException.class, () -> options(request));
            assertEquals(ProblemKind.INVALID_REQUEST, refused.problem().kind());
            assertTrue(
                    refused.problem().message().contains("'stop'"),
                    refused.problem().message());
        }
        assertEquals(
                List.of("x".repeat(1000)),
                options(JsonBody.read(body("{\"stop\":\"" + "x".repeat(1000) + "\"}")))
                        .stop());
    }

    private static Conversation.Options options(RequestField request) {
        return new GenerationOptions(
                        request.get("stop"),
                        16,
                        request.get("max_tokens"),
                        Optional.empty(),
                        request.get("thinking_budget"),
                        Conversation.AnswerFormat.TEXT,
                        List.of())
                .parse(request, Optional.empty());
    }
}
