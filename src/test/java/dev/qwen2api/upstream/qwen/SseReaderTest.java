package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.stream.SseReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {

    private static final int ROOMY = 1 << 20;

    private final List<String> lines = new ArrayList<>();

    private void take(byte[] bytes, int offset, int length) {
        lines.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    private List<String> read(String... pieces) throws UpstreamException {
        var reader = new SseReader(ROOMY);
        for (String piece : pieces) {
            reader.feed(ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8)), this::take);
        }
        reader.end(this::take);
        return lines;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    void lines_may_end_in_any_of_three_ways(String end) throws UpstreamException {
        assertEquals(List.of("one", "two"), read("data: one" + end + end + "data: two" + end + end));
    }

    @Test
    void the_blank_behind_the_colon_is_not_part_of_the_data_and_only_one_is_taken() throws UpstreamException {
        assertEquals(List.of("x", "x", " x", "x "), read("data:x\ndata: x\ndata:  x\ndata: x \n"));
    }

    @Test
    void comments_other_fields_and_garbage_are_passed_over() throws UpstreamException {
        assertEquals(List.of("1"), read("""
                : a comment
                event: message
                id: 7
                retry: 10
                nonsense
                dat: a
                 data: indented
                DATA: loud
                data
                data:
                data: 1
                """));
    }

    @Test
    void every_data_line_counts_for_itself_even_without_a_blank_line_between() throws UpstreamException {
        assertEquals(List.of("1", "2"), read("data: 1\ndata: 2\n\n"));
    }

    @Test
    void a_last_line_without_its_end_counts() throws UpstreamException {
        assertEquals(List.of("1", "2"), read("data: 1\n\ndata: 2"));
    }

    @Test
    void a_line_may_be_cut_anywhere_even_inside_a_character() throws UpstreamException {
        byte[] bytes = "data: 通义\r\n\r\ndata: 二".getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            lines.clear();
            var reader = new SseReader(ROOMY);
            reader.feed(ByteBuffer.wrap(bytes, 0, cut), this::take);
            reader.feed(ByteBuffer.wrap(bytes, cut, bytes.length - cut), this::take);
            reader.end(this::take);
            assertEquals(List.of("通义", "二"), lines, "cut at " + cut);
        }
    }

    /** Eight bytes are looked at together: an end may be any of them, beside bytes that differ from it in one bit. */
    @Test
    void a_line_end_is_found_at_every_place_and_no_other_byte_is_taken_for_one() throws UpstreamException {
        var others = new StringBuilder();
        for (char c = 0; c < 0x180; c++) {
            others.append(c == '\n' || c == '\r' ? "" : c);
        }
        for (String end : List.of("\n", "\r")) {
            for (int before = 0; before < 20; before++) {
                lines.clear();
                String first = "x".repeat(before) + others;
                assertEquals(
                        List.of(first, others + "y".repeat(before), "last"),
                        read("data: " + first + end + "data: " + others + "y".repeat(before) + end + end
                                + "data: last"));
            }
        }
    }

    @Test
    void nothing_comes_of_nothing() throws UpstreamException {
        assertEquals(List.of(), read("", "\n", "\r", "", "\n\n"));
    }

    @Test
    void a_line_is_handed_on_as_soon_as_it_is_complete() throws UpstreamException {
        var reader = new SseReader(ROOMY);
        reader.feed(ByteBuffer.wrap("data: 1\n".getBytes(StandardCharsets.UTF_8)), this::take);
        assertEquals(List.of("1"), lines);
    }

    @Test
    void a_line_without_end_is_a_failure_before_it_fills_the_memory() throws UpstreamException {
        var reader = new SseReader(100);
        ByteBuffer piece = ByteBuffer.wrap("data: 0123456789".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 6; i++) {
            reader.feed(piece.duplicate(), this::take);
        }
        var thrown = assertThrows(UpstreamException.class, () -> reader.feed(piece, this::take));
        assertEquals(FailureKind.BROKEN, thrown.failure().kind());
    }

    @Test
    void the_longest_line_allowed_comes_through_whole() throws UpstreamException {
        String data = "data: " + "x".repeat(94);
        var reader = new SseReader(100);
        for (char c : (data + "\n").toCharArray()) {
            reader.feed(ByteBuffer.wrap(new byte[] {(byte) c}), this::take);
        }
        assertEquals(List.of("x".repeat(94)), lines);
    }
}
