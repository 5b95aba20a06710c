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
        ToolTranscript transcript = new ToolTranscript(List.of(
                called(new ToolCall("call_a", "now", "{}")),
                called(new ToolCall("call_b", "read_file", "{}"), new ToolCall("call_c", "get_weather", "{}"))));
        assertEquals("""
                [tool_result call=3 name="get_weather"]
                12 degrees,
                rain
                [/tool_result]""", transcript.result("call_c", "12 degrees,\nrain"));
        assertTrue(transcript.result("call_a", "x").startsWith("[tool_result call=1 name=\"now\"]"));
        assertTrue(transcript.result("other", "x").startsWith("[tool_result id=\"other\"]"));
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
        String text = PLAIN.result("id", content);
        String inside = text.substring(text.indexOf('\n') + 1, text.lastIndexOf('\n'));
        assertFalse(inside.matches("(?is).*\\[\\s*/\\s*tool.result.*"), inside);
    }

    @Test
    void an_id_stays_in_its_quotes() {
        assertEquals("[tool_result id=\"a\\\"]\\nb\"]\n\n[/tool_result]", PLAIN.result("a\"]\nb", ""));
    }
}
