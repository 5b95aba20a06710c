package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.upstream.qwen.stream.SummaryDiff;
import org.junit.jupiter.api.Test;

class SummaryDiffTest {

    private static final JsonMapper JSON = new JsonMapper();

    private final SummaryDiff diff = new SummaryDiff();
    private final StringBuilder told = new StringBuilder();

    private void say(String titles, String thoughts) {
        try {
            JsonNode extra = JSON.readTree("{'summary_title': {'content': %s}, 'summary_thought': {'content': %s}}"
                    .formatted(titles, thoughts)
                    .replace('\'', '"'));
            told.append(diff.next(extra));
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }

    @Test
    void arrays_that_grow_are_told_once() {
        say("['A']", "['a']");
        say("['A', 'B']", "['a', 'b']");
        say("['A', 'B', 'C']", "['a', 'b', 'c']");
        assertEquals("**A**\n\na\n\n**B**\n\nb\n\n**C**\n\nc", told.toString());
    }

    @Test
    void repeated_and_shrunk_arrays_add_nothing() {
        say("['A', 'B']", "['a', 'b']");
        say("['A', 'B']", "['a', 'b']");
        say("['A']", "['a']");
        say("[]", "[]");
        say("['A', 'B']", "['a', 'b']");
        assertEquals("**A**\n\na\n\n**B**\n\nb", told.toString());
    }

    @Test
    void a_thought_that_grows_in_its_place_is_told_from_where_it_was_left() {
        say("['A']", "['I lo']");
        say("['A']", "['I look']");
        say("['A', 'B']", "['I look', 'Then']");
        say("['A', 'B']", "['I look', 'Then I choose']");
        assertEquals("**A**\n\nI look\n\n**B**\n\nThen I choose", told.toString());
    }

    @Test
    void a_title_may_come_before_its_thought_and_a_thought_without_a_title() {
        say("['A']", "[]");
        say("['A']", "['a']");
        say("['A']", "['a', 'b']");
        assertEquals("**A**\n\na\n\nb", told.toString());
    }

    @Test
    void a_rewritten_thought_is_not_told_twice() {
        say("['A']", "['I look left']");
        say("['A']", "['We look right']");
        say("['A', 'B']", "['We look right', 'b']");
        assertEquals("**A**\n\nI look left\n\n**B**\n\nb", told.toString());
    }

    @Test
    void a_second_phase_may_go_on_with_the_arrays_of_the_first() {
        say("['A']", "['a']");
        diff.phaseEnded();
        say("['A']", "['a']");
        say("['A', 'B']", "['a', 'b']");
        assertEquals("**A**\n\na\n\n**B**\n\nb", told.toString());
    }

    @Test
    void a_second_phase_may_begin_anew() {
        say("['A', 'B']", "['a', 'b']");
        diff.phaseEnded();
        say("['C']", "['c']");
        say("['C', 'D']", "['c', 'd']");
        assertEquals("**A**\n\na\n\n**B**\n\nb\n\n**C**\n\nc\n\n**D**\n\nd", told.toString());
    }

    @Test
    void other_shapes_say_nothing() {
        say("null", "'text'");
        say("{}", "[null, 3, {}]");
        assertEquals("", told.toString().strip().replace("3", ""));
        assertEquals("", diff.next(null));
    }
}
