package dev.qwen2api.api.json;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import java.util.List;
import java.util.Optional;

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

    /** Tells the model of tools in the request that only its vendor's servers could run; empty if there are none. */
    public static Optional<Message> unavailable(List<String> tools) {
        return tools.isEmpty()
                ? Optional.empty()
                : Optional.of(Message.of(
                        Role.SYSTEM,
                        "These tools of the request are not available and cannot be called: " + String.join(", ", tools)
                                + ". If the task needs one of them, say so."));
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
