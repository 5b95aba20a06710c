package dev.qwen2api.chat.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerPresentation.SearchFormat;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.BrokenAnswerException;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Recorder;
import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerFiltersTest {

    private static final Finished STOP = new Finished(Finished.Reason.STOP);

    private static String story(UnaryOperator<AnswerListener> decorator, AnswerEvent... events) {
        var recorder = new Recorder();
        AnswerListener chain = decorator.apply(recorder);
        for (AnswerEvent event : events) {
            chain.on(event);
        }
        return recorder.story();
    }

    private static AnswerListener jsonMode(AnswerListener next) {
        return new JsonModeFilter(Conversation.AnswerFormat.JSON_OBJECT, AnswerRetry.NEVER, next);
    }

    private static AnswerEvent[] inPieces(String text, int at) {
        return new AnswerEvent[] {new Text(text.substring(0, at)), new Text(text.substring(at)), STOP};
    }

    @ParameterizedTest
    @CsvSource({
        "one END two,         END,     text(one )stop",
        "one two,             END,     text(one two)stop",
        "one EN,              END,     text(one EN)stop",
        "aaab,                aab,     text(a)stop",
        "END,                 END,     stop",
        "x，停止 y,           停止,    text(x，)stop",
    })
    void an_answer_ends_before_the_stop_text_wherever_it_is_cut(String answer, String stop, String expected) {
        for (int at = 1; at < answer.length(); at++) {
            assertEquals(
                    expected,
                    story(next -> new StopSequenceFilter(List.of(stop), next), inPieces(answer, at)),
                    "cut at " + at);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    Fine.%n%n=== 0123456789ab user%nAnd now?  | text(Fine.)stop
                    Fine.%n=== 0123456789ab user (Bob)%nHi    | text(Fine.)stop
                    Fine.%n=== 0123456789ab end               | text(Fine.)stop
                    === 0123456789ab assistant%nFine.         | stop
                    a === 0123456789ab user%nb                | text(a === 0123456789ab user%nb)stop
                    a%n=== 0123456789ab users%nb              | text(a%n=== 0123456789ab users%nb)stop
                    a%n=== 0123456789 user%nb                 | text(a%n=== 0123456789 user%nb)stop
                    Title%n=====%n%n=== Rest%n                | text(Title%n=====%n%n=== Rest%n)stop
                    a%n%n%n                                   | text(a%n%n%n)stop
                    """)
    void turns_that_a_model_writes_for_others_are_dropped_wherever_they_are_cut(String answer, String expected) {
        String text = answer.replace("%n", "\n");
        for (int at = 1; at < text.length(); at++) {
            assertEquals(
                    expected.replace("%n", "\n"), story(PlayedTurnFilter::new, inPieces(text, at)), "cut at " + at);
        }
    }

    @Test
    void costs_told_in_the_middle_of_a_turn_s_first_line_do_not_hide_it() {
        assertEquals(
                "text(Fine.)usage(1,2)stop",
                story(
                        PlayedTurnFilter::new,
                        new Text("Fine.\n=== 0123"),
                        new Usage(1, 2, 0, 0),
                        new Text("456789ab user\nAnd now?"),
                        STOP));
    }

    @Test
    void lines_that_might_begin_a_turn_take_linear_time() {
        for (String line : List.of("\n", "=", "\n=== ", "\n=== 0123456789a", "\n=== 0123456789ab u")) {
            Text text = new Text(line.repeat(20_000));
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20), () -> story(next -> new PlayedTurnFilter(next), text, STOP));
        }
    }

    @Test
    void the_first_of_several_stop_texts_ends_the_answer() {
        assertEquals(
                "text(a)stop",
                story(
                        next -> new StopSequenceFilter(List.of("zzz", "c", "b"), next),
                        new Text("abc"),
                        new Text("d"),
                        STOP));
    }

    @Test
    void the_stop_text_that_is_complete_first_ends_the_answer_however_it_is_cut() {
        for (int at = 1; at < 6; at++) {
            assertEquals(
                    "text(xa)stop",
                    story(next -> new StopSequenceFilter(List.of("abcd", "bc"), next), inPieces("xabcde", at)));
            assertEquals(
                    "text(x)stop",
                    story(next -> new StopSequenceFilter(List.of("bc", "abc"), next), inPieces("xabcde", at)));
        }
    }

    @Test
    void long_stop_texts_cost_no_more_than_short_ones() {
        String almost = "a".repeat(1000);
        List<String> stops = List.of(almost + "b", almost + "c", almost + "d", almost + "e");
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            AnswerListener chain = new StopSequenceFilter(stops, event -> {});
            for (int i = 0; i < 1_000_000; i++) {
                chain.on(new Text("a"));
            }
            return chain;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "`", "```json ", "{"})
    void json_mode_looks_at_each_piece_once(String piece) {
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            AnswerListener chain = jsonMode(event -> {});
            for (int i = 0; i < 500_000; i++) {
                chain.on(new Text(piece));
            }
            return chain;
        });
    }

    @Test
    void the_end_tells_which_stop_text_brought_it_about() {
        var ends = new ArrayList<Optional<String>>();
        AnswerListener listener = event -> {
            if (event instanceof Finished finished) {
                ends.add(finished.stop());
            }
        };
        for (AnswerEvent last : List.of(new Text(" c b"), STOP)) {
            AnswerListener chain = new StopSequenceFilter(List.of("zz", "b", "c"), listener);
            chain.on(new Text("a"));
            chain.on(last);
        }
        assertEquals(List.of(Optional.of("c"), Optional.empty()), ends);
    }

    @Test
    void text_flows_at_once_unless_it_may_be_the_beginning_of_a_stop_text() {
        assertEquals("text(hello )", story(next -> new StopSequenceFilter(List.of("END"), next), new Text("hello EN")));
    }

    @Test
    void thinking_is_not_searched_for_stop_texts() {
        assertEquals(
                "think(END)text(x)stop",
                story(next -> new StopSequenceFilter(List.of("END"), next), new Reasoning("END"), new Text("x"), STOP));
    }

    @Test
    void the_upstreams_count_ends_an_answer_at_the_limit() {
        assertEquals(
                "text(a)usage(9,4)text(b)usage(9,5)length",
                story(
                        next -> new OutputLimitFilter(5, next),
                        new Text("a"),
                        new Usage(9, 4, 0, 0),
                        new Text("b"),
                        new Usage(9, 5, 0, 0),
                        new Text("c"),
                        STOP));
    }

    @Test
    void without_a_count_an_estimate_ends_the_answer() {
        assertEquals(
                "text(12345678)length",
                story(next -> new OutputLimitFilter(2, next), new Text("1234"), new Text("5678"), new Text("9"), STOP));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1}",
                "```json\n{\"a\":1}\n```",
                "  ```\n{\"a\":1}```  ",
                "\n{\"a\":1}\n",
                "```JSON\n{\"a\":1}\n```\n",
                "Sure! {\"a\":1} and {\"b\":2}"
            })
    void json_comes_without_its_fence_wherever_it_is_cut(String answer) {
        for (int at = 1; at < answer.length(); at++) {
            assertEquals(
                    "text({\"a\":1})stop", story(AnswerFiltersTest::jsonMode, inPieces(answer, at)), "cut at " + at);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Here you are: [1]", "{\"a\":", "{\"a\":1,}", "42", "```json\n```", "``"})
    void what_is_no_json_object_is_refused(String answer) {
        var refused = assertThrows(
                BrokenAnswerException.class, () -> story(AnswerFiltersTest::jsonMode, new Text(answer), STOP));
        assertEquals(FailureKind.UNFIT, refused.failure().kind());
    }

    @Test
    void json_cut_short_by_a_limit_is_not_checked() {
        assertEquals(
                "text({\"a\":)length",
                story(AnswerFiltersTest::jsonMode, new Text("{\"a\":"), new Finished(Finished.Reason.LENGTH)));
    }

    @Test
    void thinking_in_tags_opens_and_closes_once() {
        assertEquals(
                "text(<think>\nHm.\n</think>\n\nYes.)stop",
                story(
                        ThinkTagsFilter::new,
                        new Reasoning("H"),
                        new Reasoning("m."),
                        new Text("Yes"),
                        new Text("."),
                        STOP));
    }

    @Test
    void thinking_that_never_reached_an_answer_is_closed_at_the_end() {
        assertEquals("text(<think>\nHm\n</think>\n\n)stop", story(ThinkTagsFilter::new, new Reasoning("Hm"), STOP));
    }

    @Test
    void an_answer_without_a_word_is_refused_even_after_thinking() {
        assertThrows(BrokenAnswerException.class, () -> story(EmptyAnswerFilter::new, new Reasoning("Hm"), STOP));
    }

    @Test
    void sources_head_the_thinking_that_follows_them() {
        assertEquals(
                "sourcesthink(| # | Source | Site |\n|---|---|---|\n| 1 | [A\\|B](https://a.test/%28x%29) | a.test |\n\nHm)"
                        + "text(x [[1]])stop",
                story(
                        next -> new SourcesFilter(SearchFormat.TABLE, false, next),
                        new Sources(List.of(new Source(1, "https://a.test/(x)", "A|B", "", "a.test", ""))),
                        new Reasoning("Hm"),
                        new Text("x [[1]]"),
                        STOP));
    }

    @Test
    void sources_follow_the_answer_where_no_thinking_is_shown() {
        assertEquals(
                "sourcestext(x\n\n[1] [A](https://a.test) (2026-01-02)\n[2] [B](https://b.test)\n)stop",
                story(
                        next -> new SourcesFilter(SearchFormat.LIST, false, next),
                        new Sources(List.of(
                                new Source(1, "https://a.test", "A", "", "", " (2026-01-02)".replaceAll("[ ()]", "")),
                                new Source(2, "https://b.test", "B", "", "", ""))),
                        new Text("x"),
                        STOP));
    }

    @ParameterizedTest
    @EnumSource(SearchFormat.class)
    void what_strangers_pages_say_is_neither_markdown_nor_html(SearchFormat format) {
        String shown = story(
                next -> new SourcesFilter(format, false, next),
                new Sources(List.of(
                        new Source(1, "https://a.test/1\n|2", "x\\](https://evil.example/) <script>", "", "s|<b>", ""),
                        new Source(2, "javascript:alert(1)", "click\u2028me", "", "", ""))),
                new Text("x"),
                STOP);
        assertTrue(shown.contains("[x\\\\\\](https://evil.example/) &lt;script&gt;](https://a.test/1%0a%7c2)"), shown);
        assertTrue(shown.contains("s\\|&lt;b&gt;"), shown);
        assertTrue(shown.contains("click me") && !shown.contains("javascript"), shown);
    }

    @Test
    void the_last_count_is_told_once_right_before_the_end() {
        assertEquals(
                "text(x)usage(5,3)stop",
                story(
                        next -> new UsageFilter(() -> 1, next),
                        new Usage(5, 1, 0, 0),
                        new Text("x"),
                        new Usage(5, 3, 1, 0),
                        STOP));
    }

    @Test
    void without_a_count_the_cost_is_estimated() {
        assertEquals(
                "think(1234)text(你好)usage(7,3)stop",
                story(next -> new UsageFilter(() -> 7, next), new Reasoning("1234"), new Text("你好"), STOP));
    }
}
