package dev.qwen2api.api.openai.items;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Conversation.Tool;

/**
 * The tools that OpenAI describes to its own models and that clients run: shells, patches and the search for further
 * tools. The model sees each as a function.
 */
public final class BuiltInTools {

    private static final JsonMapper JSON = new JsonMapper();

    private BuiltInTools() {}

    /** The function that stands for a tool of such a form. */
    static Tool tool(ToolForm form, RequestField tool) {
        RequestField parameters = tool.get("parameters");
        return new Tool(
                form.toolType(),
                tool.get("description").optionalText().orElseGet(() -> description(form)),
                parameters.isObject() ? parameters.json() : parameters(form));
    }

    private static String description(ToolForm form) {
        return switch (form) {
            case LOCAL_SHELL -> "Runs one command on the user's machine and returns its output.";
            case SHELL -> "Runs shell commands on the user's machine and returns what each printed.";
            case APPLY_PATCH ->
                "Creates, updates or deletes one file. The diff is in the V4A format: lines that begin with a blank, +"
                        + " or -, in hunks that begin with @@; a new file has only lines with +.";
            case TOOL_SEARCH -> "Searches for further tools. Those it finds can be called afterwards.";
            case FUNCTION, CUSTOM -> "";
        };
    }

    private static String parameters(ToolForm form) {
        return switch (form) {
            case LOCAL_SHELL ->
                object(
                        "\"command\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"the program and"
                                + " its arguments\"},\"working_directory\":{\"type\":\"string\"},\"timeout_ms\":{\"type\":\"integer\"}",
                        "\"command\"");
            case SHELL ->
                object(
                        "\"commands\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"timeout_ms\":{\"type\":\"integer\"},"
                                + "\"max_output_length\":{\"type\":\"integer\"}",
                        "\"commands\"");
            case APPLY_PATCH ->
                object(
                        "\"type\":{\"type\":\"string\",\"enum\":[\"create_file\",\"update_file\",\"delete_file\"]},"
                                + "\"path\":{\"type\":\"string\"},\"diff\":{\"type\":\"string\"}",
                        "\"type\",\"path\"");
            case TOOL_SEARCH -> object("\"query\":{\"type\":\"string\"}", "\"query\"");
            case FUNCTION, CUSTOM -> "{}";
        };
    }

    private static String object(String properties, String required) {
        return "{\"type\":\"object\",\"properties\":{" + properties + "},\"required\":[" + required + "]}";
    }

    /** What the tool is called with, in the form of its item, made of the arguments that the model wrote. */
    public static ObjectNode fromArguments(ToolForm form, String arguments) {
        JsonNode given = parse(arguments);
        ObjectNode made = JSON.createObjectNode();
        switch (form) {
            case LOCAL_SHELL -> {
                made.put("type", "exec").set("command", commandLine(given.path("command")));
                made.set("env", given.path("env").isObject() ? given.get("env") : JSON.createObjectNode());
                made.set("timeout_ms", number(given, "timeout_ms"));
                JsonNode folder = given.path("working_directory");
                made.put("working_directory", folder.isTextual() ? folder.textValue() : null);
            }
            case SHELL -> {
                made.set("commands", texts(given.has("commands") ? given.get("commands") : given.path("command")));
                made.set("timeout_ms", number(given, "timeout_ms"));
                made.set("max_output_length", number(given, "max_output_length"));
            }
            case APPLY_PATCH -> {
                String type = given.path("type").asText("update_file");
                made.put("type", type.matches("create_file|delete_file") ? type : "update_file");
                made.put("path", given.path("path").asText(""));
                if (!type.equals("delete_file")) {
                    made.put("diff", given.path("diff").asText(""));
                }
            }
            case TOOL_SEARCH, FUNCTION, CUSTOM -> {
                return given instanceof ObjectNode object ? object : made;
            }
        }
        return made;
    }

    /** Models write a command line where a program and its arguments are required. */
    private static ArrayNode commandLine(JsonNode command) {
        return command.isTextual()
                ? JSON.createArrayNode().add("bash").add("-lc").add(command.textValue())
                : texts(command);
    }

    private static ArrayNode texts(JsonNode given) {
        ArrayNode texts = JSON.createArrayNode();
        if (given.isTextual()) {
            texts.add(given.textValue());
        }
        given.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static JsonNode number(JsonNode object, String name) {
        return object.path(name).isIntegralNumber() ? object.get(name) : JSON.nullNode();
    }

    /** Whether arguments are whole: those of a call that was cut off are no JSON. */
    public static boolean isWhole(String arguments) {
        return !parse(arguments).isMissingNode();
    }

    /** The arguments that the model wrote; missing where they are no JSON. */
    static JsonNode parse(String arguments) {
        try {
            return JSON.readTree(arguments);
        } catch (JsonProcessingException broken) {
            return JSON.missingNode();
        }
    }
}
