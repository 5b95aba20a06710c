package dev.qwen2api.api.openai.items;

import java.util.Arrays;
import java.util.Optional;

/** The forms of tools that a client runs itself, each with the type of item that a call of it is. */
public enum ToolForm {
    FUNCTION("function", "function_call", "arguments"),
    /** Takes free text in place of JSON. */
    CUSTOM("custom", "custom_tool_call", "input"),
    LOCAL_SHELL("local_shell", "local_shell_call", "action"),
    SHELL("shell", "shell_call", "action"),
    APPLY_PATCH("apply_patch", "apply_patch_call", "operation"),
    TOOL_SEARCH("tool_search", "tool_search_call", "arguments");

    private final String toolType;
    private final String itemType;
    private final String field;

    ToolForm(String toolType, String itemType, String field) {
        this.toolType = toolType;
        this.itemType = itemType;
        this.field = field;
    }

    /** The form of a tool of this type. */
    public static Optional<ToolForm> ofTool(String type) {
        return Arrays.stream(values())
                .filter(form -> form.toolType.equals(type))
                .findFirst();
    }

    /** The form of the call that an item of this type is. */
    static Optional<ToolForm> ofItem(String type) {
        return Arrays.stream(values())
                .filter(form -> form.itemType.equals(type))
                .findFirst();
    }

    /** The type of the tool; of a tool that OpenAI describes itself, its name, too. */
    public String toolType() {
        return toolType;
    }

    /** The type of the item that a call is. */
    public String itemType() {
        return itemType;
    }

    /** The field of that item that holds what the tool is called with. */
    public String field() {
        return field;
    }

    /** Whether OpenAI describes the tool itself, and not its client. */
    public boolean isBuiltIn() {
        return this != FUNCTION && this != CUSTOM;
    }
}
