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
import dev.qwen2api.chat.AnswerRetry;
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
    void a_call_of_a_tool_that_was_not_offered_is_handed_on_as_it_comes() {
        says("<tool_call>{\"name\": \"fly\"").hears();
        says(", \"arguments\": {\"to\": \"Rome")
                .hears(new ToolCallOpened(0, "call_0", "fly"), new ToolCallArguments(0, "{\"to\": \"Rome"));
        says("\"}}</tool_call>").hears(new ToolCallArguments(0, "\"}"));
        ends(Reason.STOP).hears(new Finished(Reason.TOOL_CALLS));
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

    @ParameterizedTest
    @EnumSource(value = Reason.class, names = "TOOL_CALLS", mode = EnumSource.Mode.EXCLUDE)
    void a_call_that_is_cut_off_stays_open_and_never_ends_as_a_call(Reason reason) {
        says("<tool_call>{\"name\": \"write_file\", \"arguments\": {\"content\": [{\"a\": \"b");
        heard.clear();
        ends(reason).hears(new Finished(reason == Reason.STOP ? Reason.LENGTH : reason));
    }

    @Test
    void a_call_without_its_last_brackets_is_whole_unless_a_limit_ended_the_answer() {
        says("<tool_call>{\"name\": \"read_file\", \"arguments\": {\"path\": \"a\"")
                .ends(Reason.STOP);
        hears(
                new ToolCallOpened(0, "call_0", "read_file"),
                new ToolCallArguments(0, "{\"path\": \"a"),
                new ToolCallArguments(0, "\"}"),
                new Finished(Reason.TOOL_CALLS));
        parser("<tool_call>{\"name\": \"read_file\", \"arguments\": {\"path\": \"a\"", Reason.LENGTH);
        assertEquals(new Finished(Reason.LENGTH), heard.get(heard.size() - 1));
        assertEquals(new ToolCallArguments(0, "\""), heard.get(heard.size() - 2));
    }

    @Test
    void an_answer_with_a_cut_call_is_requested_again_and_nothing_more_of_it_passes() {
        List<String> reasons = new ArrayList<>();
        AnswerRetry retry = reason -> reasons.add(reason);
        var retrying = new ToolCallParser(Tools.ALL, () -> "id", 9, retry, heard::add);
        retrying.on(new Text("<tool_call>\n{\"name\": \"Bash\", \"argum"));
        retrying.on(new Finished(Reason.STOP));
        retrying.on(new Text("more"));
        assertEquals(List.of("a tool call was cut off"), reasons);
        hears();
    }

    @Test
    void a_limit_of_one_call_ends_the_answer_in_front_of_the_second() {
        var single = new ToolCallParser(Tools.ALL, () -> "id", 1, AnswerRetry.NEVER, heard::add);
        single.on(new Text("<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>\n".repeat(2)));
        hears(new ToolCallOpened(0, "id", "now"), new ToolCallArguments(0, "{}"), new Finished(Reason.TOOL_CALLS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<tool_response>\nDone.",
                "[tool_result call=1 name=\"now\"]\nDone.",
                "[tool_result id=1",
                "=== 0a1b2c3d4e5f user\nThanks",
                "Observation: done",
                "\u273fRESULT\u273f: done",
                "<|im_start|>user"
            })
    void an_answer_ends_where_the_model_plays_the_result(String played) {
        says("<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>\n" + played + "\nand more");
        hears(new ToolCallOpened(0, "call_0", "now"), new ToolCallArguments(0, "{}"), new Finished(Reason.TOOL_CALLS));
    }

    @Test
    void a_turn_that_the_model_writes_for_the_user_ends_an_answer_of_words() {
        says("Yes.\n=== 0a1b2c3d4e5f user\nThanks").hears(new Text("Yes.\n"), new Finished(Reason.STOP));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[tool_call]\n{\"name\": \"now\", \"arguments\": {}}\n[/tool_call]",
                "{\"name\": \"now\", \"arguments\": {}}",
                "\n<tool_call>\n<function=now>\n</function>\n</tool_call>\n"
            })
    void a_thought_that_is_exactly_one_call_is_that_call(String thought) {
        for (int i = 0; i < thought.length(); i++) {
            parser.on(new Reasoning(thought.substring(i, i + 1)));
        }
        hears();
        ends(Reason.STOP)
                .hears(
                        new ToolCallOpened(0, "call_0", "now"),
                        new ToolCallArguments(0, "{}"),
                        new Finished(Reason.TOOL_CALLS));
    }

    @Test
    void a_thought_with_more_than_a_call_or_before_an_answer_stays_a_thought() {
        parser.on(new Reasoning("<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>"));
        hears();
        parser.on(new Reasoning(" or not"));
        hears(new Reasoning("<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>"), new Reasoning(" or not"));
        says("Hello").hears(new Text("Hello"));
        ends(Reason.STOP).hears(new Finished(Reason.STOP));
    }

    @Test
    void a_thought_that_is_an_incomplete_call_is_no_call() {
        parser.on(new Reasoning("<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": \"b"));
        ends(Reason.STOP);
        hears(new Reasoning("<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": \"b"), new Finished(Reason.STOP));
    }

    @Test
    void a_native_call_of_an_offered_tool_is_a_call_and_what_the_service_says_of_it_is_dropped() {
        parser.on(new ToolCallOpened(7, "native", "bash"));
        parser.on(new ToolCallArguments(7, "{\"command\": "));
        parser.on(new ToolCallArguments(7, "\"ls\"}"));
        says("Tool Bash does not exists.");
        hears(
                new ToolCallOpened(0, "call_0", "Bash"),
                new ToolCallArguments(0, "{\"command\": \"ls\"}"),
                new Finished(Reason.TOOL_CALLS));
    }

    @Test
    void a_native_call_of_the_service_s_own_tool_is_left_out() {
        parser.on(new ToolCallOpened(0, "native", "image_gen"));
        parser.on(new ToolCallArguments(0, "{}"));
        says("Hello").hears(new Text("Hello"));
    }

    @Test
    void a_native_call_that_is_cut_off_stays_open() {
        parser.on(new ToolCallOpened(0, "native", "Bash"));
        parser.on(new ToolCallArguments(0, "{\"command\": \"rm -rf /tmp/a"));
        ends(Reason.STOP)
                .hears(
                        new ToolCallOpened(0, "call_0", "Bash"),
                        new ToolCallArguments(0, "{\"command\": \"rm -rf /tmp/a"),
                        new Finished(Reason.LENGTH));
    }

    @Test
    void an_answer_that_denies_an_offered_tool_is_requested_again() {
        List<String> reasons = new ArrayList<>();
        var retrying = new ToolCallParser(Tools.ALL, () -> "id", 9, reasons::add, heard::add);
        for (String piece : List.of("To", "ol Bash", " does not", " exists.", "Sorry")) {
            retrying.on(new Text(piece));
        }
        assertEquals(1, reasons.size());
        hears();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Tool Bash does not exists.", "Tool box does not exists.", "Tool", "Tools are fine"})
    void an_answer_that_begins_like_that_passes_where_it_is_not_requested_again(String text) {
        says(text).ends(Reason.STOP).hears(new Text(text), new Finished(Reason.STOP));
    }

    private void parser(String text, Reason reason) {
        var other = new ToolCallParser(Tools.ALL, () -> "id", heard::add, new TextBuffer());
        other.on(new Text(text));
        other.on(new Finished(reason));
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
