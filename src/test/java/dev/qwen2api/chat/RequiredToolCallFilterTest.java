package dev.qwen2api.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequiredToolCallFilterTest {

    private static final Text WORDS = new Text("Let me look.");
    private static final ToolCallOpened LOOK = new ToolCallOpened(0, "c", "look");
    private static final Usage COST = new Usage(3, 2, 0, 0);

    private final List<AnswerEvent> heard = new ArrayList<>();

    private RequiredToolCallFilter demand(ToolChoice choice) {
        return new RequiredToolCallFilter(choice, heard::add);
    }

    @Test
    void words_wait_for_the_call_and_come_before_it() {
        RequiredToolCallFilter demand = demand(ToolChoice.REQUIRED);
        demand.on(WORDS);
        assertEquals(List.of(), heard);
        demand.on(LOOK);
        assertEquals(List.of(WORDS, LOOK), heard);
        demand.on(WORDS);
        assertEquals(List.of(WORDS, LOOK, WORDS), heard);
        assertFalse(demand.isUnmet());
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"STOP", "TOOL_CALLS"})
    void an_answer_of_mere_words_goes_nowhere(Reason reason) {
        RequiredToolCallFilter demand = demand(ToolChoice.REQUIRED);
        List.of(WORDS, COST, new Finished(reason)).forEach(demand::on);
        assertTrue(demand.isUnmet());
        assertEquals(List.of(), heard);
        assertEquals(COST, demand.usage());
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"LENGTH", "CONTENT_FILTER"})
    void an_answer_that_was_cut_off_is_handed_on(Reason reason) {
        RequiredToolCallFilter demand = demand(ToolChoice.REQUIRED);
        List.of(WORDS, new Finished(reason)).forEach(demand::on);
        assertFalse(demand.isUnmet());
        assertEquals(List.of(WORDS, new Finished(reason)), heard);
    }

    @Test
    void where_one_tool_is_named_no_other_will_do() {
        RequiredToolCallFilter demand = demand(ToolChoice.named("write"));
        demand.on(LOOK);
        assertEquals(List.of(), heard);
        var write = new ToolCallOpened(1, "d", "write");
        demand.on(write);
        assertEquals(List.of(LOOK, write), heard);
    }

    @Test
    void a_demand_is_made_by_choice_and_only_where_there_are_tools() {
        assertTrue(isMade(ToolChoice.REQUIRED, true));
        assertTrue(isMade(ToolChoice.named("look"), true));
        assertFalse(isMade(ToolChoice.REQUIRED, false));
        assertFalse(isMade(ToolChoice.AUTO, true));
        assertFalse(isMade(ToolChoice.NONE, true));
    }

    private static boolean isMade(ToolChoice choice, boolean tools) {
        return RequiredToolCallFilter.isRequiredBy(new Conversation(
                "m",
                List.of(Message.of(Message.Role.USER, "hi")),
                tools ? List.of(new Tool("look", "", "{}")) : List.of(),
                choice,
                Options.NONE));
    }
}
