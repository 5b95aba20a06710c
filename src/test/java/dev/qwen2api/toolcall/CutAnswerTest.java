package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers of the corpus that end early, at every character, at an ordinary last frame or at a limit of tokens: a call
 * that passes as whole is the one that the model began, with values that it finished.
 */
class CutAnswerTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Families whose JSON is broken on purpose: where a value of theirs ends is a guess even when it is there. */
    private static final Set<String> GUESSED = Set.of("json", "strings", "backslashes", "cutoff");

    /** Cases whose beginning is a whole call of its own. */
    private static final Set<String> AMBIGUOUS = Set.of("hermes: the name as an attribute and in the object");

    /** All cases with calls but those with closing marks in a value, where half a mark may be either. */
    static Stream<CorpusCase> cases() {
        return CorpusCase.all().stream()
                .filter(each -> !GUESSED.contains(each.name().replaceFirst(":.*", "")))
                .filter(each -> each.story().endsWith("TOOL_CALLS"))
                .filter(each -> !each.story().matches("(?s).*\nCALL [^\n]*(</|\\[/).*"))
                .filter(each -> !AMBIGUOUS.contains(each.name()));
    }

    /** How a piece of an answer reaches the parser. */
    private enum Way {
        TEXT {
            @Override
            AnswerEvent event(String piece) {
                return new AnswerEvent.Text(piece);
            }
        },
        THOUGHT {
            @Override
            AnswerEvent event(String piece) {
                return new AnswerEvent.Reasoning(piece);
            }
        };

        abstract AnswerEvent event(String piece);
    }

    private static ParsedAnswer parse(AnswerEvent event, Reason reason) {
        var heard = new ParsedAnswer();
        var count = new AtomicInteger();
        var parser = new ToolCallParser(
                Tools.ALL,
                () -> "call_" + count.getAndIncrement(),
                each -> {
                    if (!(each instanceof AnswerEvent.Reasoning)) {
                        heard.on(each);
                    }
                },
                new TextBuffer());
        parser.on(event);
        parser.on(new Finished(reason));
        return heard;
    }

    /** Whether a value has nothing but what the model had written of it before it stopped. */
    private static boolean isBeginning(JsonNode begun, JsonNode all) {
        if (begun.isObject() && all.isObject()) {
            return begun.propertyStream().allMatch(each -> isBeginning(each.getValue(), all.path(each.getKey())));
        }
        if (begun.isArray() && all.isArray()) {
            return IntStream.range(0, begun.size()).allMatch(i -> isBeginning(begun.path(i), all.path(i)));
        }
        return begun.equals(all);
    }

    private static Reason end(ParsedAnswer answer) {
        return ((Finished) answer.events.get(answer.events.size() - 1)).reason();
    }

    private static void assertSound(ParsedAnswer whole, String cut, Way way, Reason reason)
            throws JsonProcessingException {
        ParsedAnswer heard = parse(way.event(cut), reason);
        List<ParsedAnswer.Call> calls = heard.calls();
        boolean endedByItself = end(parse(way.event(cut), Reason.CONTENT_FILTER)) != Reason.CONTENT_FILTER;
        assertTrue(reason == Reason.STOP || endedByItself || end(heard) == Reason.LENGTH, cut);
        int complete = end(heard) == Reason.TOOL_CALLS ? calls.size() : Math.max(0, calls.size() - 1);
        for (int i = 0; i < complete; i++) {
            ParsedAnswer.Call begun = whole.calls().get(i);
            assertEquals(begun.name(), calls.get(i).name(), cut);
            JsonNode arguments = JSON.readTree(calls.get(i).arguments());
            assertTrue(arguments.isObject(), cut);
            assertTrue(isBeginning(arguments, JSON.readTree(begun.arguments())), () -> arguments + " of " + cut);
        }
        if (complete < calls.size() && way == Way.TEXT) {
            // half a mark and the line break before it may still belong to the value
            String open = calls.get(complete).arguments().replaceFirst("(?:\\\\[nr\"]|</?[a-z_=]*>?)+$", "");
            assertTrue(whole.calls().get(complete).arguments().startsWith(open), () -> open + " of " + cut);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_call_of_an_answer_that_ends_anywhere_is_never_more_than_what_was_written(CorpusCase corpusCase)
            throws JsonProcessingException {
        ParsedAnswer whole = parse(new AnswerEvent.Text(corpusCase.output()), Reason.STOP);
        for (int cut = 1; cut < corpusCase.output().length(); cut++) {
            for (Reason reason : List.of(Reason.STOP, Reason.LENGTH)) {
                assertSound(whole, corpusCase.output().substring(0, cut), Way.TEXT, reason);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_call_in_a_thought_that_ends_anywhere_is_never_more_than_what_was_written(CorpusCase corpusCase)
            throws JsonProcessingException {
        ParsedAnswer whole = parse(new AnswerEvent.Text(corpusCase.output()), Reason.STOP);
        for (int cut = 1; cut <= corpusCase.output().length(); cut++) {
            assertSound(whole, corpusCase.output().substring(0, cut), Way.THOUGHT, Reason.STOP);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"STOP", "LENGTH"})
    void a_native_call_that_ends_anywhere_stays_open_until_its_last_value_is_there(Reason reason)
            throws JsonProcessingException {
        String arguments = "{\"command\": \"echo \\\"\\u00e9\\\" > C:\\\\a\", \"timeout\": 120, \"background\": true}";
        for (int cut = 1; cut < arguments.length(); cut++) {
            var heard = new ParsedAnswer();
            var parser = new ToolCallParser(Tools.ALL, () -> "id", heard, new TextBuffer());
            parser.on(new AnswerEvent.ToolCallOpened(0, "native", "Bash"));
            parser.on(new AnswerEvent.ToolCallArguments(0, arguments.substring(0, cut)));
            parser.on(new Finished(reason));
            assertNotEquals(Reason.STOP, end(heard));
            String given = heard.calls().get(0).arguments();
            if (end(heard) == Reason.TOOL_CALLS) {
                assertTrue(isBeginning(JSON.readTree(given), JSON.readTree(arguments)), given);
            } else {
                assertTrue(arguments.startsWith(given), given);
            }
        }
    }
}
