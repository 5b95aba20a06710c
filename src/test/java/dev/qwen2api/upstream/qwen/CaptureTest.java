package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What was captured reads the same however the network cuts it. */
class CaptureTest {

    static Stream<Arguments> captures() {
        return Stream.of(
                Arguments.of(Captures.THINKING, Captures.THINKING_STORY),
                Arguments.of(Captures.SEARCH, Captures.SEARCH_STORY),
                Arguments.of(Captures.PICTURE, Captures.PICTURE_STORY),
                Arguments.of(Captures.THINK, Captures.THINK_STORY));
    }

    @ParameterizedTest
    @MethodSource("captures")
    void a_capture_cut_at_any_byte_gives_the_same_events(String body, String story) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at <= bytes.length; at++) {
            int cut = at;
            Heard heard = Heard.of(bytes, whole -> List.of(slice(whole, 0, cut), slice(whole, cut, bytes.length)));
            assertEquals(story, heard.all(), "cut at byte " + at);
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void a_capture_that_comes_byte_by_byte_gives_the_same_events(String body, String story) {
        Heard heard = Heard.of(body.getBytes(StandardCharsets.UTF_8), whole -> {
            var pieces = new ArrayList<ByteBuffer>();
            for (int i = 0; i < whole.limit(); i++) {
                pieces.add(slice(whole, i, i + 1));
            }
            return pieces;
        });
        assertEquals(story, heard.all());
    }

    @ParameterizedTest
    @MethodSource("captures")
    void line_ends_make_no_difference(String body, String story) {
        assertEquals(story, Heard.of(body.replace("\n", "\r\n")).all());
        assertEquals(story, Heard.of(body.replace("\n", "\r")).all());
        assertEquals(story, Heard.of(body.replace("\n\n", "\n")).all());
        assertEquals(story, Heard.of(body.stripTrailing()).all());
    }

    @ParameterizedTest
    @MethodSource("captures")
    void a_capture_that_stops_early_is_never_a_whole_answer(String body, String story) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        int complete = body.stripTrailing().getBytes(StandardCharsets.UTF_8).length;
        for (int at = 0; at < complete; at++) {
            int end = at;
            String heard =
                    Heard.of(bytes, whole -> List.of(slice(whole, 0, end))).all();
            assertEquals(
                    List.of(true, false),
                    List.of(heard.contains("failed "), heard.contains("finished ")),
                    "ended at byte " + at + ": " + heard);
        }
        assertEquals(
                story,
                Heard.of(bytes, whole -> List.of(slice(whole, 0, complete))).all());
    }

    private static ByteBuffer slice(ByteBuffer whole, int from, int to) {
        return whole.slice(from, to - from);
    }
}
