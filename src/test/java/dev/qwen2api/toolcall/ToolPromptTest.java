package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolPromptTest {

    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"城市\":{\"type\":\"string\",\"x\":1.0}}}";

    private static final List<Tool> TOOLS =
            List.of(new Tool("get_weather", "Says \"how\"\nit is", SCHEMA), new Tool("now", "", "{}"));

    @Test
    void every_tool_stands_on_a_line_of_its_own_with_its_schema_as_given() {
        List<String> lines = ToolPrompt.of(TOOLS, ToolChoice.AUTO).lines().toList();
        assertEquals(
                List.of(
                        "{\"name\":\"get_weather\",\"description\":\"Says \\\"how\\\"\\nit is\",\"parameters\":"
                                + SCHEMA + "}",
                        "{\"name\":\"now\",\"parameters\":{}}"),
                lines.subList(lines.size() - 2, lines.size()));
    }

    @Test
    void the_form_that_is_taught_is_understood() {
        String prompt = ToolPrompt.of(TOOLS, ToolChoice.AUTO);
        int from = prompt.indexOf("[tool_call]");
        int to = prompt.indexOf("[/tool_call]") + "[/tool_call]".length();
        String taught = prompt.substring(from, to)
                .replace("the tool's name", "now")
                .replace("a parameter", "zone")
                .replace("its value", "UTC");
        Heard heard = Heard.of(Tools.ALL, List.of(taught));
        assertEquals(List.of(new Heard.Call("call_0", "now", "{\"zone\": \"UTC\"}")), heard.calls());
        assertEquals("", heard.text());
    }

    @Test
    void the_form_that_the_service_reads_itself_is_not_taught() {
        assertFalse(ToolPrompt.of(TOOLS, ToolChoice.AUTO).contains("<tool_call>"));
    }

    @Test
    void no_tool_is_mentioned_where_none_may_be_called() {
        assertEquals("", ToolPrompt.of(TOOLS, ToolChoice.NONE));
        assertEquals("", ToolPrompt.of(List.of(), ToolChoice.AUTO));
    }

    @Test
    void the_choice_is_told() {
        assertTrue(ToolPrompt.of(TOOLS, ToolChoice.AUTO).contains("otherwise answer in words"));
        assertTrue(ToolPrompt.of(TOOLS, ToolChoice.REQUIRED).contains("must call at least one tool"));
        String named = ToolPrompt.of(TOOLS, ToolChoice.named("now"));
        assertTrue(named.contains("must call the tool \"now\""));
        assertFalse(named.contains("get_weather"));
    }

    @Test
    void the_instructions_are_compact() {
        assertTrue(
                ToolPrompt.of(List.of(new Tool("a", "", "{}")), ToolChoice.AUTO).length() < 1400);
    }
}
