package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.Arrays;
import java.util.Optional;

/** The tools that Anthropic describes to its own models and that clients run. A type ends with its version. */
enum AnthropicTool {
    BASH(
            "bash_",
            "bash",
            "Runs a command in a lasting bash session on the user's machine and returns its output.",
            "\"command\":{\"type\":\"string\"},\"restart\":{\"type\":\"boolean\",\"description\":\"true starts the"
                    + " session anew, without a command\"}",
            ""),
    TEXT_EDITOR(
            "text_editor_",
            "str_replace_based_edit_tool",
            "Views, creates and edits text files. view takes path and optionally view_range; create takes path and"
                    + " file_text; str_replace takes path, old_str, which must occur exactly once, and new_str; insert"
                    + " takes path, insert_line (0 is the start) and insert_text.",
            "\"command\":{\"type\":\"string\",\"enum\":[\"view\",\"create\",\"str_replace\",\"insert\"]},"
                    + "\"path\":{\"type\":\"string\"},\"file_text\":{\"type\":\"string\"},"
                    + "\"old_str\":{\"type\":\"string\"},\"new_str\":{\"type\":\"string\"},"
                    + "\"insert_line\":{\"type\":\"integer\"},\"insert_text\":{\"type\":\"string\"},"
                    + "\"view_range\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
            "\"command\",\"path\""),
    MEMORY(
            "memory_",
            "memory",
            "Reads and writes the files under /memories, which last between conversations; look there before starting."
                    + " view takes path; create takes path and file_text; str_replace takes path, old_str and new_str;"
                    + " insert takes path, insert_line and insert_text; delete takes path; rename takes old_path and"
                    + " new_path.",
            "\"command\":{\"type\":\"string\",\"enum\":[\"view\",\"create\",\"str_replace\",\"insert\",\"delete\","
                    + "\"rename\"]},\"path\":{\"type\":\"string\"},\"file_text\":{\"type\":\"string\"},"
                    + "\"old_str\":{\"type\":\"string\"},\"new_str\":{\"type\":\"string\"},"
                    + "\"insert_line\":{\"type\":\"integer\"},\"insert_text\":{\"type\":\"string\"},"
                    + "\"old_path\":{\"type\":\"string\"},\"new_path\":{\"type\":\"string\"}",
            "\"command\"");

    private final String type;
    private final String name;
    private final String description;
    private final String parameters;

    AnthropicTool(String type, String name, String description, String properties, String required) {
        this.type = type;
        this.name = name;
        this.description = description;
        this.parameters = "{\"type\":\"object\",\"properties\":{" + properties + "},\"required\":[" + required + "]}";
    }

    /** The tool of a type, such as {@code bash_20250124}. */
    static Optional<AnthropicTool> ofType(String type) {
        return Arrays.stream(values())
                .filter(tool -> type.startsWith(tool.type))
                .findFirst();
    }

    /** The function that stands for the tool; older versions have other names. */
    Tool function(RequestField tool) {
        return new Tool(tool.get("name").optionalText().orElse(name), description, parameters);
    }
}
