package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LenientJsonTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "[ ]",
                "{\"a\":1}",
                " {\n  \"a\" : [ 1 , -2.5e-7 , 0 ] ,\r\n\t\"b\" : { } }",
                "{\"\":\"\",\"a\":\"\"}",
                "[true,false,null,\"x\"]",
                "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\"}",
                "{\"a\":\"// no comment /* either */ # or this\"}",
                "{\"a\":\"b, \\\"c\\\": d\",\"e\":\"}]\"}",
                "[\"a\",\"b\",[\"c\"],{\"d\":\"e\"}]",
                "{\"a\":\"x\"  ,  \"b\":\"y\"  }",
                "{\"a\":\"' ` “ ” ''' ```\"}",
                "{\"a\":{\"b\":{\"c\":[[[1]]]}}}",
                "{\"a\":10000000000000000000000000000.000000000001}"
            })
    void sound_json_comes_out_as_it_went_in(String json) {
        assertEquals(Optional.of(json.strip()), LenientJson.repair(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{a:1}                        | {\"a\":1}",
                "{'a':'b'}                    | {\"a\":\"b\"}",
                "{\"a\":True,\"b\":None}      | {\"a\":true,\"b\":null}",
                "{\"a\":1,}                   | {\"a\":1}",
                "[1,2,]                       | [1,2]",
                "[1,,2]                       | [1,2]",
                "[1 2]                        | [1, 2]",
                "{\"a\":1 \"b\":2}            | {\"a\":1, \"b\":2}",
                "{\"a\":1,\"b\"}             | {\"a\":1}",
                "{\"a\":[1,2}                 | {\"a\":[1,2]}",
                "{\"a\":1]}                   | {\"a\":1}",
                "{\"a\":}                     | {\"a\":null}",
                "{\"a\":tru                   | {\"a\":true}",
                "{\"a\":1.                    | {\"a\":1}",
                "{\"a\":-                     | {\"a\":null}",
                "{\"a\":2e                    | {\"a\":2}",
                "{\"a\":007}                  | {\"a\":\"007\"}",
                "{\"a\":five to one}          | {\"a\":\"five to one\"}",
                "{\"a\":https://x.y/z}        | {\"a\":\"https://x.y/z\"}",
                "{\"a\":2026-11-23}           | {\"a\":\"2026-11-23\"}",
                "{\"a\":\"b                   | {\"a\":\"b\"}",
                "{\"a\":\"say \"b\" now\"}    | {\"a\":\"say \\\"b\\\" now\"}",
                "{\"a\":\"b\", \"c            | {\"a\":\"b\"}",
                "{$a_b-c.d: 1}                | {\"$a_b-c.d\": 1}",
                "{/* x */\"a\":1 // y         | {\"a\":1}",
            })
    void json_that_is_none_comes_out_sound(String written, String sound) {
        assertEquals(Optional.of(sound.strip()), LenientJson.repair(written));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "words", "\"a\"", "1", "{\"a\":1} and more", "{} {}"})
    void what_is_no_single_object_or_array_is_not_mended(String text) {
        assertEquals(Optional.empty(), LenientJson.repair(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{words", "{ \"words\" and", "{!", "[words", "{\\\"a\\\":1}"})
    void what_only_begins_like_json_is_none(String text) {
        TextBuffer textBuffer = new TextBuffer();
        textBuffer.append(text);
        textBuffer.end();
        LenientJson json = new LenientJson(JsonTerminator.CALL_MARKS);
        json.read(textBuffer, new StringBuilder());
        assertTrue(json.failed());
    }

    @Test
    void what_was_written_is_at_any_time_the_beginning_of_what_will_be() throws JsonProcessingException {
        String text = "{'a': [1, {b: \"it's \"quoted\" \\d\", c: None,}], // note\n \"d\": \"\"\"x\"\"\"}";
        StringBuilder all = new StringBuilder();
        TextBuffer whole = new TextBuffer();
        whole.append(text);
        whole.end();
        new LenientJson(JsonTerminator.NONE).read(whole, all);
        JSON.readTree(all.toString());

        TextBuffer textBuffer = new TextBuffer();
        LenientJson json = new LenientJson(JsonTerminator.NONE);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            textBuffer.append(text.substring(i, i + 1));
            json.read(textBuffer, out);
            assertTrue(all.toString().startsWith(out.toString()), out::toString);
        }
        assertEquals(all.toString(), out.toString());
    }

    @Test
    void wherever_a_text_breaks_off_the_json_is_closed() throws JsonProcessingException {
        String text = "{\"a\": [1, -2.5, {\"b\": \"x\\u00e9\\\"y\", \"c\": true}], \"d\": {\"e\": null}}";
        for (int length = 1; length <= text.length(); length++) {
            TextBuffer textBuffer = new TextBuffer();
            textBuffer.append(text.substring(0, length));
            textBuffer.end();
            LenientJson json = new LenientJson(JsonTerminator.NONE);
            StringBuilder out = new StringBuilder();
            json.read(textBuffer, out);
            json.complete(textBuffer, out);
            assertTrue(JSON.readTree(out.toString()).isObject(), out::toString);
            assertEquals(length < text.length(), json.brokenOff(), out::toString);
        }
    }
}
