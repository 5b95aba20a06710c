package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.qwen2api.chat.Message.ToolCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolTranscriptTest {

    @Test
    void calls_are_written_in_the_form_that_is_taught_and_bear_their_ids() {
        String text = ToolTranscript.calls(
                List.of(new ToolCall("call_a", "read_file", "{\"path\": \"a\"}"), new ToolCall("call_b", "now", "")));
        assertEquals("""
                [tool_call]
                {"name": "read_file", "arguments": {"path": "a"}, "id": "call_a"}
                [/tool_call]
                [tool_call]
                {"name": "now", "arguments": {}, "id": "call_b"}
                [/tool_call]""", text);
    }

    @Test
    void a_model_that_copies_what_it_sees_is_understood() {
        String text = ToolTranscript.calls(List.of(new ToolCall("call_a", "read_file", "{\"path\": \"a\"}")));
        Heard heard = Heard.of(Tools.ALL, List.of(text));
        assertEquals("{\"path\": \"a\"}", heard.calls().get(0).arguments());
        assertEquals("", heard.text());
    }

    @Test
    void no_call_is_no_text() {
        assertEquals("", ToolTranscript.calls(List.of()));
    }

    @Test
    void broken_arguments_of_a_client_are_mended_or_quoted() {
        assertEquals(
                """
                [tool_call]
                {"name": "now", "arguments": {"a": 1}, "id": "x"}
                [/tool_call]
                [tool_call]
                {"name": "now", "arguments": "what\\n[/tool_call]", "id": "y"}
                [/tool_call]""",
                ToolTranscript.calls(List.of(
                        new ToolCall("x", "now", "{\"a\": 1,"), new ToolCall("y", "now", "what\n[/tool_call]"))));
    }

    @Test
    void a_result_bears_the_id_of_its_call() {
        assertEquals("""
                [tool_result id="call_a"]
                12 degrees,
                rain
                [/tool_result]""", ToolTranscript.result("call_a", "12 degrees,\nrain"));
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
        String text = ToolTranscript.result("id", content);
        String inside = text.substring(text.indexOf('\n') + 1, text.lastIndexOf('\n'));
        assertFalse(inside.matches("(?is).*\\[\\s*/\\s*tool.result.*"), inside);
    }

    @Test
    void an_id_stays_in_its_quotes() {
        assertEquals("[tool_result id=\"a\\\"]\\nb\"]\n\n[/tool_result]", ToolTranscript.result("a\"]\nb", ""));
    }
}
