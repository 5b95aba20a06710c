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
        ParsedAnswer heard = ParsedAnswer.of(Tools.ALL, List.of(taught));
        assertEquals(List.of(new ParsedAnswer.Call("call_0", "now", "{\"zone\": \"UTC\"}")), heard.calls());
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
    void a_signature_is_one_line_with_types_and_a_short_description() {
        Tool bash = new Tool(
                "Bash",
                "Executes a bash command. With a timeout.\n\nUsage notes: many.",
                "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\",\"properties\":{"
                        + "\"command\":{\"type\":\"string\"},\"timeout\":{\"type\":[\"integer\",\"null\"]},"
                        + "\"mode\":{\"enum\":[\"fast\",\"slow\"]},\"env\":{\"type\":\"array\",\"items\":{\"type\":"
                        + "\"object\",\"properties\":{\"key\":{\"type\":\"string\"}},\"required\":[\"key\"]}},"
                        + "\"any\":{},\"id\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}},"
                        + "\"required\":[\"command\"],\"additionalProperties\":false}");
        assertEquals(
                "Bash(command: string, timeout?: integer|null, mode?: \"fast\"|\"slow\", env?: {key: string}[], "
                        + "any?: any, id?: string|number) - Executes a bash command\nnow()\n",
                ToolPrompt.signatures(List.of(bash, new Tool("now", "", "{}"))));
    }

    @Test
    void a_long_description_is_cut_at_a_word() {
        String line = ToolPrompt.signatures(List.of(new Tool("a", "word ".repeat(40), "{}")));
        assertTrue(line.length() < 70 && line.endsWith("word…\n"), line);
    }

    @Test
    void schemas_leave_out_what_only_validators_read_but_no_parameter() {
        Tool tool = new Tool(
                "a",
                "",
                "{\"$schema\":\"x\",\"$id\":\"y\",\"additionalProperties\":false,\"properties\":{\"$schema\":"
                        + "{\"type\":\"string\",\"$comment\":\"z\",\"default\":{\"$id\":1}}}}");
        assertEquals(
                "{\"name\":\"a\",\"parameters\":{\"properties\":{\"$schema\":{\"type\":\"string\","
                        + "\"default\":{\"$id\":1}}}}}\n",
                ToolPrompt.schemas(List.of(tool)));
    }

    @Test
    void a_schema_that_is_deep_or_broken_does_no_harm() {
        String deep = "{\"properties\":{\"a\":".repeat(300) + "{}" + "}}".repeat(300);
        List<Tool> tools = List.of(new Tool("deep", "", deep), new Tool("broken", "", "{\"properties\":[1,"));
        assertEquals(2, ToolPrompt.signatures(tools).lines().count());
        assertEquals(2, ToolPrompt.schemas(tools).lines().count());
    }

    @Test
    void the_instructions_are_compact() {
        assertTrue(
                ToolPrompt.of(List.of(new Tool("a", "", "{}")), ToolChoice.AUTO).length() < 1400);
    }
}
