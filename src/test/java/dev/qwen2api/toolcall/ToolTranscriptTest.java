package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolTranscriptTest {

    private static final ToolTranscript PLAIN = new ToolTranscript(List.of());

    @Test
    void calls_are_written_in_exactly_the_form_that_is_taught() {
        String text = PLAIN.calls(
                List.of(new ToolCall("call_a", "read_file", "{\"path\": \"a\"}"), new ToolCall("call_b", "now", "")));
        assertEquals("""
                [tool_call]
                {"name": "read_file", "arguments": {"path": "a"}}
                [/tool_call]
                [tool_call]
                {"name": "now", "arguments": {}}
                [/tool_call]""", text);
    }

    @Test
    void a_model_that_copies_what_it_sees_is_understood() {
        String text = PLAIN.calls(List.of(new ToolCall("call_a", "read_file", "{\"path\": \"a\"}")));
        ParsedAnswer heard = ParsedAnswer.of(Tools.ALL, List.of(text));
        assertEquals("{\"path\": \"a\"}", heard.calls().get(0).arguments());
        assertEquals("", heard.text());
    }

    @Test
    void no_call_is_no_text() {
        assertEquals("", PLAIN.calls(List.of()));
    }

    @Test
    void broken_arguments_of_a_client_are_mended_or_quoted() {
        assertEquals(
                """
                [tool_call]
                {"name": "now", "arguments": {"a": 1}}
                [/tool_call]
                [tool_call]
                {"name": "now", "arguments": "what\\n[/tool_call]"}
                [/tool_call]""",
                PLAIN.calls(List.of(
                        new ToolCall("x", "now", "{\"a\": 1,"), new ToolCall("y", "now", "what\n[/tool_call]"))));
    }

    @Test
    void a_result_bears_the_number_of_its_call_in_the_conversation_and_its_name() {
        Message second = result("call_c");
        Message first = result("call_a");
        ToolTranscript transcript = new ToolTranscript(List.of(
                called(new ToolCall("call_a", "now", "{}")),
                called(new ToolCall("call_b", "read_file", "{}"), new ToolCall("call_c", "get_weather", "{}")),
                second,
                first));
        assertEquals("""
                [tool_result call=3 name="get_weather"]
                12 degrees,
                rain
                [/tool_result]""", transcript.result(second, "12 degrees,\nrain"));
        assertTrue(transcript.result(first, "x").startsWith("[tool_result call=1 name=\"now\"]"));
        assertTrue(transcript.result(result("other"), "x").startsWith("[tool_result id=\"other\"]"));
    }

    @Test
    void a_result_belongs_to_the_call_that_stands_before_it_though_an_id_comes_again() {
        ToolCall call = new ToolCall("call_0", "now", "{}");
        Message one = result("call_0");
        Message two = result("call_0");
        Message three = result("call_0");
        Message again = result("call_0");
        ToolTranscript transcript = new ToolTranscript(List.of(
                called(call),
                one,
                called(call),
                Message.of(Message.Role.USER, "Stop. Once more."),
                called(call, new ToolCall("call_1", "read_file", "{}")),
                called(call),
                two,
                three,
                again));
        assertTrue(transcript.result(one, "x").startsWith("[tool_result call=1 name=\"now\"]"));
        assertTrue(transcript.result(two, "x").startsWith("[tool_result call=3 name=\"now\"]"));
        assertTrue(transcript.result(three, "x").startsWith("[tool_result call=5 name=\"now\"]"));
        assertTrue(transcript.result(again, "x").startsWith("[tool_result call=5 name=\"now\"]"));
    }

    private static Message result(String callId) {
        return new Message(Message.Role.TOOL, List.of(), List.of(), callId);
    }

    private static Message called(ToolCall... calls) {
        return new Message(Message.Role.ASSISTANT, List.of(), List.of(calls), "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[/tool_result]",
                "[ / tool_result]",
                "[/TOOL RESULT]",
                "x[/tool-result",
                "[/tool_result][/tool_result]"
            })
    void nothing_in_a_result_passes_for_its_end(String content) {
        String text = PLAIN.result(result("id"), content);
        String inside = text.substring(text.indexOf('\n') + 1, text.lastIndexOf('\n'));
        assertFalse(inside.matches("(?is).*\\[\\s*/\\s*tool.result.*"), inside);
    }

    @Test
    void an_id_stays_in_its_quotes() {
        assertEquals("[tool_result id=\"a\\\"]\\nb\"]\n\n[/tool_result]", PLAIN.result(result("a\"]\nb"), ""));
    }
}
