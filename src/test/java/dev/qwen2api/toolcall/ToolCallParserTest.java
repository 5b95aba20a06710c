package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallParserTest {

    private final List<AnswerEvent> heard = new ArrayList<>();
    private final AtomicInteger count = new AtomicInteger();
    private final ToolCallParser parser =
            new ToolCallParser(Tools.ALL, () -> "call_" + count.getAndIncrement(), heard::add, new TextBuffer());

    @Test
    void words_pass_at_once() {
        says("Hello").hears(new Text("Hello"));
        says(", how are <b>you</b>").hears(new Text(", how are <b>you</b>"));
        says("? 1 # 2 [x]\n").hears(new Text("? 1 # 2 [x]\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<",
                "<tool",
                "<tool_call",
                "<tool_call>",
                "<tool_call>\n",
                "[",
                "[tool_c",
                "##",
                "<function=read_fi",
                "<|"
            })
    void only_what_may_begin_a_call_is_held_back(String beginning) {
        says("a").hears(new Text("a"));
        says("b " + beginning).hears(new Text("b "));
        ends(Reason.STOP).hears(new Text(beginning), new Finished(Reason.STOP));
    }

    @Test
    void what_turns_out_to_be_words_passes_when_that_is_known() {
        says("x <tool").hears(new Text("x "));
        says("box>").hears(new Text("<toolbox>"));
    }

    @Test
    void a_call_is_opened_when_its_name_is_known_and_its_arguments_follow_as_they_come() {
        says("<tool_call>\n{\"name\": \"write_file\", \"argu").hears();
        says("ments\": {\"pa").hears(new ToolCallOpened(0, "call_0", "write_file"), new ToolCallArguments(0, "{"));
        says("th\": \"a.txt\", \"content\": \"once")
                .hears(new ToolCallArguments(0, "\"path\": \"a.txt\", \"content\": \"once"));
        says(" upon ").hears(new ToolCallArguments(0, " upon "));
        says("a time\"}").hears(new ToolCallArguments(0, "a time"));
        says("}\n</tool_call>").hears(new ToolCallArguments(0, "\"}"));
        ends(Reason.STOP).hears(new Finished(Reason.TOOL_CALLS));
    }

    @Test
    void text_between_tags_follows_as_it_comes() {
        says("<function=write_file>\n<parameter=content>\n")
                .hears(new ToolCallOpened(0, "call_0", "write_file"), new ToolCallArguments(0, "{\"content\":\""));
        says("once").hears(new ToolCallArguments(0, "once"));
        says("\nupon").hears(new ToolCallArguments(0, "\\nupon"));
        says("\n</parameter>\n</function>").hears(new ToolCallArguments(0, "\""), new ToolCallArguments(0, "}"));
    }

    @Test
    void a_call_of_an_unknown_tool_is_given_back_as_soon_as_its_name_is_known() {
        says("<tool_call>{\"name\": \"fly\"").hears();
        says(", \"arguments\": {\"to\": \"Rome")
                .hears(new Text("<tool_call>{\"name\": \"fly\", \"arguments\": {\"to\": \"Rome"));
        says("\"}}</tool_call>").hears(new Text("\"}}"), new Text("</tool_call>"));
        ends(Reason.STOP).hears(new Finished(Reason.STOP));
    }

    @Test
    void an_answer_in_json_passes_as_soon_as_its_first_key_is_known() {
        says("{\"res").hears();
        says("ult\": [1, ").hears(new Text("{\"result\": [1, "));
        says("2]}").hears(new Text("2]}"));
    }

    @Test
    void calls_are_numbered_and_named_one_after_the_other() {
        says("<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>\n".repeat(3));
        assertEquals(
                List.of(
                        new ToolCallOpened(0, "call_0", "now"),
                        new ToolCallArguments(0, "{}"),
                        new ToolCallOpened(1, "call_1", "now"),
                        new ToolCallArguments(1, "{}"),
                        new ToolCallOpened(2, "call_2", "now"),
                        new ToolCallArguments(2, "{}")),
                heard);
    }

    @Test
    void other_events_pass_even_while_text_is_held_back() {
        parser.on(new Reasoning("Hm <tool_call>"));
        says("<tool_call>{\"name\": \"now\",");
        parser.on(new Usage(1, 2, 0, 0));
        hears(new Reasoning("Hm <tool_call>"), new Usage(1, 2, 0, 0));
        says(" \"arguments\": {}}").hears(new ToolCallOpened(0, "call_0", "now"), new ToolCallArguments(0, "{}"));
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void only_a_stop_becomes_tool_calls(Reason reason) {
        says("<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>");
        heard.clear();
        ends(reason).hears(new Finished(reason == Reason.STOP ? Reason.TOOL_CALLS : reason));
    }

    @Test
    void a_stop_without_a_call_stays_a_stop() {
        says("Hello");
        heard.clear();
        ends(Reason.STOP).hears(new Finished(Reason.STOP));
    }

    @Test
    void a_call_that_breaks_off_is_closed() {
        says("<tool_call>{\"name\": \"write_file\", \"arguments\": {\"content\": [{\"a\": \"b")
                .ends(Reason.LENGTH);
        assertEquals(new ToolCallArguments(0, "\"}]}"), heard.get(heard.size() - 2));
        assertEquals(new Finished(Reason.LENGTH), heard.get(heard.size() - 1));
    }

    @Test
    void a_character_is_never_cut_in_two() {
        says("a\ud83d").hears(new Text("a"));
        says("\ude00b").hears(new Text("😀b"));
    }

    @Test
    void without_tools_everything_is_words() {
        ToolCallParser plain = new ToolCallParser(List.of(), () -> "none", heard::add, new TextBuffer());
        plain.on(new Text("<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>"));
        plain.on(new Finished(Reason.STOP));
        assertTrue(heard.stream().noneMatch(ToolCallOpened.class::isInstance));
        assertEquals(new Finished(Reason.STOP), heard.get(heard.size() - 1));
    }

    private ToolCallParserTest says(String text) {
        parser.on(new Text(text));
        return this;
    }

    private ToolCallParserTest ends(Reason reason) {
        parser.on(new Finished(reason));
        return this;
    }

    /** What was heard since the last time. */
    private void hears(AnswerEvent... events) {
        assertEquals(List.of(events), heard);
        heard.clear();
    }
}
