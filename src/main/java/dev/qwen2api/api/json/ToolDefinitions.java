package dev.qwen2api.api.json;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;

/** Parses what the definitions of tools have in common in all dialects. */
public final class ToolDefinitions {

    private ToolDefinitions() {}

    /**
     * A function.
     *
     * @param name what the model calls it
     * @param schema the field with the JSON schema of its parameters
     */
    public static Tool function(String name, RequestField tool, String schema) {
        RequestField parameters = tool.get(schema);
        return new Tool(
                name,
                tool.get("description").optionalText().orElse(""),
                parameters.isPresent() ? WellFormedText.text(parameters.object().json()) : "{}");
    }

    /** The choice that is one word; {@code others} ends the list of what is possible. */
    public static ToolChoice choice(RequestField word, String others) {
        return switch (word.text()) {
            case "auto" -> ToolChoice.AUTO;
            case "none" -> ToolChoice.NONE;
            case "required" -> ToolChoice.REQUIRED;
            default -> throw word.wrong("auto, none, required, or " + others);
        };
    }
}
