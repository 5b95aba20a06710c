package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Counts how often the parser looks at a character: no text, however hostile, may cost more than its length times a
 * constant.
 */
class LinearCostTest {

    private static final int LENGTH = 200_000;

    /** Looks at each character of plain words: once to see, a few times where a mark might begin. */
    private static final int FEW = 4;

    /** Looks that the bounded look-ahead may need for each character that comes alone. */
    private static final int BOUNDED = 150;

    private static final class CountingTape extends TextBuffer {
        private long looks;

        @Override
        char charAt(int position) {
            looks++;
            return super.charAt(position);
        }
    }

    @Test
    void an_answer_without_a_call_is_looked_at_once() {
        String text = "It is a truth, universally acknowledged, that <b>x</b> [1] is # 1.\n\n".repeat(16_000);
        assertTrue(looks(text, 40) < text.length() * (long) FEW, () -> "looks: " + looks(text, 40));
    }

    @Test
    void a_long_argument_is_looked_at_a_few_times() {
        String text = "<tool_call>{\"name\": \"write_file\", \"arguments\": {\"content\": \""
                + "if (a[i] < b) { return \\\"x\\\"; }\\n".repeat(8_000) + "\"}}</tool_call>";
        assertTrue(looks(text, 40) < text.length() * 8L, () -> "looks: " + looks(text, 40));
    }

    static Stream<String> hostile() {
        return Stream.of(
                "<tool_call>",
                "<tool_call>{",
                "{\n",
                "[\n",
                "[{\n",
                "{\"name\": \"now\", \"arguments\": {\"a\": \"\n",
                "<tool_call>{\"name\":\"now\",\"arguments\":{\"a\":\"b\n</tool_call>",
                "```json\n{",
                "`",
                "```\n",
                "~",
                "<function=now>",
                "<function=read_file><parameter=path>",
                "</parameter>",
                "</tool_call>",
                "}",
                "]",
                " ",
                "\n",
                "\"",
                "\\",
                "<",
                "<t",
                "#",
                "##",
                "##TOOL_CALL##",
                "Action:",
                "Action: now\nAction Input: {",
                "/*",
                "//",
                "```py\n<tool_call>x\n",
                "~~~py\n[tool_call]x\n",
                "[tool ----",
                "\", ",
                "\"}",
                "a");
    }

    static Stream<String> hostileWithBeginning() {
        return hostile()
                .flatMap(piece -> Stream.of(
                                "",
                                "<tool_call>",
                                "<tool_call>{\"name\":\"now\",\"arguments\":{\"a\":",
                                "<tool_call>{\"name\":\"now\",\"arguments\":{\"a\":\"",
                                "<tool_call>{\"name\":\"now\",\"arguments\":{/*",
                                "<tool_call>{\"name\":\"now\",\"arguments\":{}}",
                                "<tool_call>{\"name\":\"fly\",\"arguments\":{\"a\":\"",
                                "{\"name\":\"now\",\"arguments\":{}}",
                                "<function=read_file><parameter=path>",
                                "<function=read_file><parameter=start>",
                                "```json\n")
                        .map(beginning -> beginning + piece.repeat(LENGTH / piece.length() / 10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[tool", "<tool_call>{\"name\":\"now\",\"arguments\":{\"a\":\"[tool", "<tool"})
    void a_mark_whose_word_never_ends_is_no_mark_after_a_while(String beginning) {
        String text = beginning + "-_".repeat(LENGTH / 20);
        assertTrue(looks(text, 1) < text.length() * (long) FEW, () -> "looks: " + looks(text, 1));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("hostileWithBeginning")
    void a_hostile_answer_costs_no_more_than_its_length_times_a_constant(String text) {
        assertTrue(
                looks(text, 1) < text.length() * (long) BOUNDED,
                () -> looks(text, 1) / text.length() + " looks a character: "
                        + text.substring(0, Math.min(120, text.length())));
    }

    @Test
    void a_nest_that_is_too_deep_is_cut_off() {
        String text = "<tool_call>{\"name\":\"configure\",\"arguments\":{\"any\":" + "[".repeat(100_000);
        ParsedAnswer heard = ParsedAnswer.of(Tools.ALL, List.of(text));
        assertEquals(
                LenientJson.MOST_DEPTH - 2 + "{\"any\":".length(),
                heard.calls().get(0).arguments().length());
        assertTrue(heard.story().endsWith("END LENGTH"), heard.story());
    }

    private static long looks(String text, int piece) {
        CountingTape tape = new CountingTape();
        ToolCallParser parser = new ToolCallParser(Tools.ALL, () -> "id", event -> {}, tape);
        for (int i = 0; i < text.length(); i += piece) {
            parser.on(new AnswerEvent.Text(text.substring(i, Math.min(text.length(), i + piece))));
        }
        parser.on(new AnswerEvent.Finished(Reason.STOP));
        return tape.looks;
    }
}
