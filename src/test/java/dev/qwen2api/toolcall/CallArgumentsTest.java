package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments that are no object of their own: text, or members beside the name. */
class CallArgumentsTest {

    private static final String TEXT = "{\"type\":\"string\"}";
    private static final String NUMBER = "{\"type\":\"integer\"}";

    private static final List<Tool> TOOLS = List.of(
            tool("apply_patch", "\"input\":" + TEXT, "\"input\""),
            tool("search", "\"query\":" + TEXT + ",\"limit\":" + NUMBER, "\"query\""),
            tool("run", "\"input\":" + TEXT, "\"input\""),
            tool("write", "\"path\":" + TEXT + ",\"content\":" + TEXT, "\"path\",\"content\""),
            tool("shell", "\"command\":{\"type\":\"array\",\"items\":" + TEXT + "},\"dir\":" + TEXT, "\"command\""),
            tool("http", "\"url\":" + TEXT + ",\"params\":{\"type\":\"object\"}", "\"url\""),
            tool(
                    "update_issue",
                    "\"id\":" + NUMBER + ",\"type\":" + TEXT + ",\"action\":" + TEXT + ",\"title\":" + TEXT,
                    ""),
            tool("create_user", "\"name\":" + TEXT + ",\"age\":" + NUMBER, ""),
            tool("batch", "\"calls\":{\"type\":\"array\"},\"function\":{\"type\":\"object\"}", ""),
            new Tool("now", "", "{}"));

    private static Tool tool(String name, String properties, String required) {
        return new Tool(
                name, "", "{\"type\":\"object\",\"properties\":{" + properties + "},\"required\":[" + required + "]}");
    }

    private static String story(String answer) {
        return ParsedAnswer.of(TOOLS, List.of(answer)).story();
    }

    private static void assertCall(String expected, String json) {
        String called = "\nCALL " + expected + "\nEND TOOL_CALLS";
        assertEquals(called, story("[tool_call]\n" + json + "\n[/tool_call]"), json);
        assertEquals(called, story("<tool_call>\n[" + json + "]\n</tool_call>"), json);
    }

    @Test
    void text_in_place_of_arguments_is_the_one_parameter_that_takes_text() {
        assertCall(
                "apply_patch {\"input\":\"*** Begin Patch\\n*** End Patch\"}",
                "{\"name\":\"apply_patch\",\"input\":\"*** Begin Patch\\n*** End Patch\"}");
        assertCall("search {\"query\":\"weather in Oslo\"}", "{\"name\":\"search\",\"arguments\":\"weather in Oslo\"}");
        assertCall(
                "search {\"query\":\"weather\",\"limit\":3}",
                "{\"name\":\"search\",\"arguments\":\"weather\",\"limit\":3}");
        assertCall("search {\"query\":\"x\"}", "{\"name\":\"search\",\"parameters\":\"x\",\"id\":\"call_1\"}");
        assertCall("run {\"input\":\"{\\\"a\\\":1}\"}", "{\"name\":\"run\",\"input\":\"{\\\"a\\\":1}\"}");
        assertCall(
                "run {\"input\":\"x\"}", "{\"type\":\"function\",\"function\":{\"name\":\"run\",\"arguments\":\"x\"}}");
    }

    @Test
    void text_in_place_of_arguments_is_found_though_the_last_brace_was_forgotten() {
        String answer = "[tool_call]{\"name\":\"search\",\"arguments\":\"weather\"\n[/tool_call]";
        assertEquals("\nCALL search {\"query\":\"weather\"}\nEND TOOL_CALLS", story(answer));
    }

    @Test
    void text_in_place_of_arguments_that_is_cut_off_is_no_whole_call() {
        assertEquals("\nEND LENGTH", story("[tool_call]\n{\"name\":\"search\",\"arguments\":\"weather in"));
    }

    @Test
    void a_list_in_place_of_arguments_is_the_one_parameter_that_takes_a_list() {
        assertCall("shell {\"command\":[\"ls\",\"-l\"]}", "{\"name\":\"shell\",\"arguments\":[\"ls\",\"-l\"]}");
    }

    @Test
    void arguments_that_fit_no_parameter_keep_their_key() {
        assertCall("write {\"arguments\":\"a.txt\"}", "{\"name\":\"write\",\"arguments\":\"a.txt\"}");
        assertCall("now {\"input\":\"please\"}", "{\"name\":\"now\",\"input\":\"please\"}");
        assertCall("fly {\"args\":\"to Rome\"}", "{\"name\":\"fly\",\"args\":\"to Rome\"}");
        assertCall("write {\"args\":7}", "{\"name\":\"write\",\"args\":7}");
    }

    @Test
    void a_member_that_the_schema_has_is_an_argument_whatever_its_key() {
        assertCall(
                "update_issue {\"id\":5,\"type\":\"bug\",\"action\":\"close\",\"title\":\"t\"}",
                "{\"name\":\"update_issue\",\"id\":5,\"type\":\"bug\",\"action\":\"close\",\"title\":\"t\"}");
        assertCall(
                "update_issue {\"action\":\"close\",\"title\":\"t\"}",
                "{\"action\":\"close\",\"name\":\"update_issue\",\"title\":\"t\"}");
        assertCall("create_user {\"name\":\"Bob\",\"age\":3}", "{\"tool\":\"create_user\",\"name\":\"Bob\",\"age\":3}");
        assertCall(
                "http {\"url\":\"https://x\",\"params\":{\"q\":1}}",
                "{\"name\":\"http\",\"url\":\"https://x\",\"params\":{\"q\":1}}");
        assertCall("http {\"params\":{\"q\":1}}", "{\"name\":\"http\",\"params\":{\"q\":1}}");
        assertCall(
                "batch {\"calls\":[{\"name\":\"now\"}],\"function\":{\"a\":1}}",
                "{\"name\":\"batch\",\"calls\":[{\"name\":\"now\"}],\"function\":{\"a\":1}}");
    }

    @Test
    void an_object_of_parameters_is_the_arguments_though_its_key_is_a_parameter_too() {
        assertCall("http {\"url\":\"https://x\"}", "{\"name\":\"http\",\"params\":{\"url\":\"https://x\"}}");
        assertCall("run {\"input\": \"x\"}", "{\"name\":\"run\",\"input\":\"{\\\"input\\\": \\\"x\\\"}\"}");
        assertCall("run {}", "{\"name\":\"run\",\"input\":{}}");
        assertCall("run {}", "{\"name\":\"run\",\"input\":null}");
    }

    @Test
    void what_a_call_says_of_itself_is_no_argument() {
        assertCall(
                "search {\"query\":\"x\"}",
                "{\"id\":\"call_1\",\"type\":\"function\",\"name\":\"search\",\"query\":\"x\"}");
        assertCall(
                "fly {\"to\":\"Rome\"}", "{\"id\":\"call_1\",\"type\":\"function\",\"name\":\"fly\",\"to\":\"Rome\"}");
    }

    @Test
    void without_a_schema_all_but_the_name_are_arguments() {
        assertCall(
                "fly {\"to\":\"Rome\",\"id\":7,\"action\":\"go\"}",
                "{\"name\":\"fly\",\"to\":\"Rome\",\"id\":7,\"action\":\"go\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"search\",\"arguments\":\"weather in Oslo\"}",
                "{\"action\":\"run\",\"input\":\"print(1)\"}",
                "{\"name\":\"shell\",\"arguments\":[\"ls\"]}"
            })
    void bare_json_without_an_object_of_arguments_is_no_call(String json) {
        assertEquals("\nTEXT " + json + "\nEND STOP", story(json));
    }
}
