package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.upstream.qwen.stream.Frame;
import dev.qwen2api.upstream.qwen.stream.FrameParser;
import dev.qwen2api.upstream.qwen.stream.PlainFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainFrameTest {

    private static final String USUAL = """
            {"choices": [{"delta": {"role": "assistant", "content": "%s", "phase": "answer", "status": "typing"}}], \
            "response_id": "6f1d1c1e", "usage": {"input_tokens": 1312, "output_tokens": 25, "characters": 0, \
            "total_tokens": 1337, "input_tokens_details": {"text_tokens": 1312}, "output_tokens_details": \
            {"reasoning_tokens": 7, "text_tokens": 18}, "prompt_tokens_details": {"cached_tokens": 1024}}}""";

    /** What means something in JSON, something that does not, and half a character. */
    private static final byte[] SPOILERS = "\"\\{}[]:,. 0a-tu\t\u00e9".getBytes(StandardCharsets.ISO_8859_1);

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable Frame plain(byte[] frame) {
        return PlainFrame.parse(frame, 0, frame.length);
    }

    private static void same(byte[] frame) throws IOException {
        Frame read = plain(frame);
        assertNotNull(read, new String(frame, StandardCharsets.UTF_8));
        assertEquals(FrameParser.parse(frame, 0, frame.length), read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "words",
                "通义千问 😀 é",
                "one\\ntwo\\t\\\"three\\\" \\\\ \\/ \\b\\f\\r",
                "\\u4f60\\u597d and \\ud83d\\ude00",
                "half \\ud83d of a pair",
                "mixed 你\\n好\\u4f60",
            })
    void words_are_read_as_the_general_parser_reads_them(String words) throws IOException {
        same(utf8(USUAL.formatted(words)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"delta\":{\"content\":\"tight\"}}]}",
                "{ \"response_id\" : \"r\" , \"choices\" : [ { \"delta\" : { } } ] } ",
                "{\"choices\":[{\"delta\":{\"status\":\"finished\",\"phase\":\"answer\"}}],\"usage\":{\"prompt_tokens\":1,"
                        + "\"completion_tokens\":2,\"completion_tokens_details\":{\"reasoning_tokens\":1}}}",
                "{\"choices\":[{\"delta\":{\"content\":\"\"}}],\"usage\":{\"width\":1024}}",
            })
    void spacing_and_order_are_free(String frame) throws IOException {
        same(utf8(frame));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"choices\":[]}",
                "{\"choices\":[{\"delta\":{\"content\":\"x\"}},{\"delta\":{}}]}",
                "{\"choices\":[{\"delta\":{\"content\":null}}]}",
                "{\"choices\":[{\"delta\":{\"extra\":{},\"content\":\"x\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"error\":\"told\"}",
                "{\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"success\":false}",
                "{\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":{\"input_tokens\":1.5}}",
                "{\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":{\"input_tokens\":12345678901}}",
                "{\"choices\":[{\"delta\":{\"content\":\"x\"}}]} {}",
                "{\"choices\":[{\"delta\":{\"content\":\"x",
                "{\"choices\":[{\"delta\":{\"content\":\"x\\",
                "{\"choices\":[{\"delta\":{\"content\":\"x\\u12",
                "{\"choices\":[{\"delta\":{\"content\":\"x\\q\"}}]}",
            })
    void anything_else_is_left_to_the_general_parser(String frame) {
        assertNull(plain(utf8(frame)));
    }

    @Test
    void broken_utf_8_is_left_to_the_general_parser() {
        byte[] frame = utf8(USUAL.formatted("broken"));
        frame[new String(frame, StandardCharsets.US_ASCII).indexOf("broken")] = (byte) 0xc3;
        assertNull(plain(frame));
    }

    @Test
    void whatever_is_spoilt_it_never_reads_what_the_general_parser_reads_otherwise() throws IOException {
        var chance = new Random(20_261_123);
        List<byte[]> frames = List.of(
                utf8(USUAL.formatted("plain words")),
                utf8(USUAL.formatted("一\\n\\u4f60\\\"")),
                utf8(USUAL.formatted("")));
        int read = 0;
        for (int round = 0; round < 60_000; round++) {
            byte[] frame = frames.get(round % frames.size()).clone();
            for (int spoilt = chance.nextInt(2); spoilt >= 0; spoilt--) {
                frame[chance.nextInt(frame.length)] = SPOILERS[chance.nextInt(SPOILERS.length)];
            }
            Frame plain = plain(frame);
            if (plain != null) {
                read++;
                assertEquals(FrameParser.parse(frame, 0, frame.length), plain);
            }
        }
        assertTrue(read > 1_000, "too few frames survived to say anything: " + read);
    }
}
