package dev.qwen2api.api.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextTest {

    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void every_code_point_comes_back_as_it_was() throws Exception {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x10000 ? 1 : 251) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                String text = "a" + Character.toString(c) + "b";
                assertEquals(text, JSON.readValue(JsonStringWriter.quoted(text), String.class));
            }
        }
    }

    @Test
    void any_text_becomes_valid_utf_8_and_loses_nothing_but_broken_halves() throws Exception {
        var random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            char[] chars = new char[random.nextInt(12)];
            for (int i = 0; i < chars.length; i++) {
                chars[i] = (char) (random.nextInt(3) == 0 ? 0xD800 + random.nextInt(0x800) : random.nextInt(0x10000));
            }
            String text = new String(chars);
            byte[] json = JsonStringWriter.quoted(text);
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
            assertEquals(WellFormedText.text(text), JSON.readValue(json, String.class));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    say "hi"      | "say \\"hi\\""
                    back\\slash   | "back\\\\slash"
                    你好 🐋       | "你好 🐋"
                    """)
    void what_needs_no_escape_is_written_as_it_is(String text, String json) {
        assertEquals(json, new String(JsonStringWriter.quoted(text), StandardCharsets.UTF_8));
    }

    @Test
    void controls_are_escaped_so_that_no_text_can_end_a_line_of_the_event_stream() {
        assertEquals(
                "\"\\n\\r\\t\\u0000\\u001f\\u007f\"",
                new String(JsonStringWriter.quoted("\n\r\t\u0000\u001f\u007f"), StandardCharsets.UTF_8));
    }
}
