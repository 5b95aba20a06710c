package dev.qwen2api.chat.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonValueFinderTest {

    private static String found(String text, boolean objects, boolean arrays, int piece) {
        var finder = new JsonValueFinder(objects, arrays);
        var value = new StringBuilder();
        for (int i = 0; i < text.length(); i += piece) {
            value.append(finder.read(text.substring(i, Math.min(text.length(), i + piece))));
        }
        return value.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    Sure! {"a":1}                        | {"a":1}
                    Here: ```json\\n{"a":{"b":[1]}}\\n``` Enjoy {"c":2}. | {"a":{"b":[1]}}
                    {not this} and {"quoted" words} but { "a" : "}" } | { "a" : "}" }
                    {"a":"say \\"}\\" now"} | {"a":"say \\"}\\" now"}
                    See [1], then {} | {}
                    {{"a":1} | {"a":1}
                    {"no | ~~
                    no JSON at all | ~~
                    """)
    void the_object_is_taken_out_of_the_words_however_they_are_cut(String text, String value) {
        for (int piece = 1; piece <= text.length(); piece++) {
            assertEquals(value, found(text, true, false, piece), "in pieces of " + piece);
        }
    }

    @Test
    void an_array_counts_only_where_it_is_allowed() {
        assertEquals("[1, {\"a\":2}]", found("So: [1, {\"a\":2}] it is.", true, true, 1));
        assertEquals("{\"a\":2}", found("So: [1, {\"a\":2}] it is.", true, false, 1));
        assertEquals("[]", found("[note] {\"a\":1} []".substring(6), false, true, 3));
    }

    @Test
    void what_comes_first_is_passed_on_before_the_value_is_complete() {
        var finder = new JsonValueFinder(true, false);
        assertEquals("", finder.read("Sure! {\"a\""));
        assertEquals("{\"a\":", finder.read(":"));
        assertTrue(finder.isFound());
    }

    @Test
    void hostile_text_takes_linear_time() {
        String braces = "{\"{[".repeat(2_000_000);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> found(braces, true, true, 16));
    }
}
