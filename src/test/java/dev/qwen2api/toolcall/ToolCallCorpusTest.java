package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the corpus of what models write, each output cut into pieces in every way that matters. */
class ToolCallCorpusTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static Stream<CorpusCase> cases() {
        return CorpusCase.all().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void an_answer_in_one_piece_is_understood(CorpusCase corpusCase) throws JsonProcessingException {
        ParsedAnswer heard = ParsedAnswer.of(Tools.ALL, List.of(corpusCase.output()));
        assertEquals(corpusCase.story(), heard.story());
        List<ParsedAnswer.Call> calls = heard.calls();
        boolean cutOff = corpusCase.story().endsWith("LENGTH");
        for (ParsedAnswer.Call call : cutOff && !calls.isEmpty() ? calls.subList(0, calls.size() - 1) : calls) {
            assertTrue(JSON.readTree(call.arguments()).isObject(), call::arguments);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void an_answer_character_by_character_is_understood_the_same(CorpusCase corpusCase) {
        List<String> pieces = corpusCase
                .output()
                .chars()
                .mapToObj(c -> String.valueOf((char) c))
                .toList();
        assertEquals(corpusCase.story(), ParsedAnswer.of(Tools.ALL, pieces).story());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void an_answer_cut_in_two_anywhere_is_understood_the_same(CorpusCase corpusCase) {
        String output = corpusCase.output();
        for (int cut = 1; cut < output.length(); cut++) {
            List<String> pieces = List.of(output.substring(0, cut), output.substring(cut));
            int at = cut;
            assertEquals(corpusCase.story(), ParsedAnswer.of(Tools.ALL, pieces).story(), () -> "cut at " + at);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void an_answer_cut_at_random_is_understood_the_same(CorpusCase corpusCase) {
        Random random = new Random(corpusCase.output().hashCode());
        for (int round = 0; round < 20; round++) {
            assertEquals(
                    corpusCase.story(),
                    ParsedAnswer.of(Tools.ALL, cut(corpusCase.output(), random)).story());
        }
    }

    @Test
    void the_corpus_is_large() {
        assertTrue(CorpusCase.all().size() >= 400, () -> CorpusCase.all().size() + " cases");
    }

    private static List<String> cut(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(9));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }
}
