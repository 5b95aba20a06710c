package dev.qwen2api.api.openai.items;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.regex.Pattern;

/**
 * Custom tools, which take free text, such as Codex's {@code apply_patch}. The model sees each as a function with the
 * text as its one parameter.
 */
public final class CustomToolInput {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String PARAMETER = "input";
    private static final String PARAMETERS = "{\"type\":\"object\",\"properties\":{\"" + PARAMETER
            + "\":{\"type\":\"string\",\"description\":\"the whole text\"}},\"required\":[\"" + PARAMETER + "\"]}";
    private static final String HOW = "Put the whole text into the parameter \"" + PARAMETER
            + "\", as one JSON string; that is no wrapping of the text itself.";

    /** Arguments that were cut off before the text began. */
    private static final Pattern BEFORE_TEXT = Pattern.compile("\\s*+\\{\\s*+(?:\"[^\"]*+(?:\"\\s*+:?\\s*+)?)?");

    /** An escape in JSON that was cut off, and the whole backslashes before it. */
    private static final Pattern OPEN_ESCAPE = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*+)\\\\(?:u[0-9a-fA-F]{0,3})?$");

    private CustomToolInput() {}

    /** The function that stands for a custom tool. */
    public static Tool tool(String name, RequestField tool) {
        var description =
                new StringBuilder(tool.get("description").optionalText().orElse(""));
        description.append(description.isEmpty() ? "" : "\n").append(HOW);
        RequestField given = tool.get("format");
        RequestField format = given.get("grammar").isObject() ? given.get("grammar") : given;
        if (format.isObject() && format.get("definition").isText()) {
            String syntax = format.get("syntax").isText() ? format.get("syntax").text() : "given";
            description
                    .append("\nThe text must match this ")
                    .append(syntax)
                    .append(" grammar:\n")
                    .append(format.get("definition").text());
        }
        return new Tool(name, description.toString(), PARAMETERS);
    }

    /** The text as arguments. */
    public static String toArguments(String text) {
        return JSON.createObjectNode().put(PARAMETER, text).toString();
    }

    /**
     * The text in arguments, also where the model named the parameter differently; the text so far where they were cut
     * off.
     */
    public static String fromArguments(String arguments) {
        JsonNode root = BuiltInTools.parse(arguments);
        if (root.isMissingNode() && BEFORE_TEXT.matcher(arguments).matches()) {
            return "";
        }
        if (root.isMissingNode()) {
            root = BuiltInTools.parse(OPEN_ESCAPE.matcher(arguments).replaceFirst("$1") + "\"}");
        }
        if (root.isMissingNode()) {
            root = BuiltInTools.parse(arguments + "}");
        }
        if (root.path(PARAMETER).isTextual()) {
            return WellFormedText.text(root.path(PARAMETER).textValue());
        }
        return root.size() == 1 && root.elements().next().isTextual()
                ? WellFormedText.text(root.elements().next().textValue())
                : arguments;
    }
}
