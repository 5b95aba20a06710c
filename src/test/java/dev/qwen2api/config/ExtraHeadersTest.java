package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtraHeadersTest {

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("", Map.of()),
                Arguments.of("bx-v: 2.5.37", Map.of("bx-v", "2.5.37")),
                Arguments.of("bx-v: 2.5.37 | bx-ua:231!a:b=c|", Map.of("bx-v", "2.5.37", "bx-ua", "231!a:b=c")),
                Arguments.of("bx-v: 1\r\nx-empty:\n", Map.of("bx-v", "1", "x-empty", "")),
                Arguments.of("{}", Map.of()),
                Arguments.of(
                        "{\"bx-v\": \"a|b\", \"n\": 5, \"flag\": true}",
                        Map.of("bx-v", "a|b", "n", "5", "flag", "true")));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void headers_are_written_as_pairs_or_as_json(String text, Map<String, String> headers) {
        var result = ExtraHeaders.parse(text);

        var shown = new LinkedHashMap<String, String>();
        result.headers().forEach((name, value) -> shown.put(name, value.reveal()));
        assertEquals(Optional.empty(), result.problem());
        assertEquals(headers, shown);
    }

    @Test
    void headers_keep_their_order() {
        var result = ExtraHeaders.parse("z: 1|a: 2|m: 3");

        assertEquals(List.of("z", "a", "m"), List.copyOf(result.headers().keySet()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SECRET",
                "a: 1|SECRET",
                "bad name: SECRET",
                ":authority: SECRET",
                "a: SECRET\u00e9",
                "a: 1|A: SECRET",
                "Cookie: SECRET",
                "authorization: Bearer SECRET",
                "Host: SECRET",
                "Content-Length: 5",
                "Accept-Encoding: br",
                "{\"a\": \"SECRET\\r\\nx: y\"}",
                "{\"a\\r\\nb\": \"SECRET\"}",
                "{\"a\": [\"SECRET\"]}",
                "{\"a\": null}",
                "{\"a\": \"SECRET\", \"a\": \"2\"}",
                "{\"a\": SECRET}",
                "{\"a\": \"SECRET\"} x",
                "{\"a\": \"SECRET",
            })
    void a_header_that_cannot_be_sent_is_refused_without_showing_it(String text) {
        Optional<String> problem = ExtraHeaders.parse(text).problem();

        assertTrue(problem.isPresent());
        assertFalse(problem.get().contains("SECRET"), problem.get());
    }
}
