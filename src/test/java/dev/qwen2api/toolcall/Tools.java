package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;

/** The tools that the tests offer: those of a coding agent, of a weather example, and one with every type. */
final class Tools {

    static final List<Tool> ALL = List.of(
            tool(
                    "read_file",
                    "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
                            + "\"start\":{\"type\":\"integer\"},\"end\":{\"type\":\"integer\"}},"
                            + "\"required\":[\"path\"]}"),
            tool(
                    "write_file",
                    "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
                            + "\"content\":{\"type\":\"string\"}},\"required\":[\"path\",\"content\"]}"),
            tool(
                    "get_weather",
                    "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},"
                            + "\"unit\":{\"type\":\"string\",\"enum\":[\"c\",\"f\"]}},\"required\":[\"city\"]}"),
            tool(
                    "Bash",
                    "{\"type\":\"object\",\"properties\":{\"command\":{\"type\":\"string\"},"
                            + "\"timeout\":{\"type\":\"number\"},\"background\":{\"type\":\"boolean\"}}}"),
            tool(
                    "configure",
                    "{\"type\":\"object\",\"properties\":{\"options\":{\"type\":\"object\"},"
                            + "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
                            + "\"level\":{\"type\":[\"integer\",\"null\"]},"
                            + "\"label\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]},"
                            + "\"id\":{\"type\":[\"string\",\"integer\"]},\"any\":{}}}"),
            tool("now", "{}"),
            tool("mcp__git__status", "{\"type\":\"object\",\"properties\":{}}"));

    private Tools() {}

    private static Tool tool(String name, String parameters) {
        return new Tool(name, "Does " + name, parameters);
    }
}
