package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolLookupTest {

    private final ToolLookup tools = new ToolLookup(List.of(
            named("read_file"),
            named("Read-File"),
            named("Bash"),
            named("a.b"),
            named("x_y"),
            named("查询"),
            named("_")));

    @ParameterizedTest
    @CsvSource({
        "read_file, read_file",
        "Read-File, Read-File",
        "bash, Bash",
        "BASH, Bash",
        "' Bash ', Bash",
        "a.b, a.b",
        "A_B, a.b",
        "functions.x_y, x_y",
        "functions.xY:3, x_y",
        "srv/bash, Bash",
        "查询, 查询",
        "_, _",
        "b, a.b",
        "other.b, a.b"
    })
    void a_name_that_is_nearly_right_is_found(String written, String found) {
        assertEquals(found, tools.find(written).map(Tool::name).orElse("none"));
    }

    @ParameterizedTest
    @CsvSource({"readfile", "READ_FILE", "bas", "bash2", "''", "functions.", "__", "functions"})
    void a_name_that_may_mean_two_tools_or_none_is_not_found(String written) {
        assertEquals("none", tools.find(written).map(Tool::name).orElse("none"));
    }

    private static Tool named(String name) {
        return new Tool(name, "", "{}");
    }
}
