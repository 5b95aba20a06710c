package dev.qwen2api.api.gemini;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parses {@code tools} and {@code toolConfig}. A search by Google becomes the upstream's own; other tools that
 * Google's servers run are refused. Used for one request.
 */
final class GeminiToolsReader {

    private final List<Tool> functions = new ArrayList<>();
    private ToolChoice choice = ToolChoice.AUTO;
    private boolean searches;

    private GeminiToolsReader() {}

    static GeminiToolsReader of(RequestField request) {
        var reader = new GeminiToolsReader();
        request.get("tools").optionalItems().forEach(tool -> reader.read(tool.object()));
        RequestField config = ProtoField.of(request, "toolConfig");
        if (config.isPresent()) {
            reader.choose(ProtoField.of(config.object(), "functionCallingConfig"));
        }
        return reader;
    }

    List<Tool> functions() {
        return functions;
    }

    ToolChoice choice() {
        return choice;
    }

    Optional<ChatType> search() {
        return searches ? Optional.of(ChatType.SEARCH) : Optional.empty();
    }

    private void read(RequestField tool) {
        for (String name : tool.names()) {
            if (tool.get(name).isPresent()) {
                switch (name) {
                    case "functionDeclarations", "function_declarations" ->
                        tool.get(name).items().forEach(function -> functions.add(function(function.object())));
                    case "googleSearch", "google_search", "googleSearchRetrieval", "google_search_retrieval" ->
                        searches = true;
                    default -> throw tool.get(name).refused("The service has no tool '" + name + "': leave it out.");
                }
            }
        }
    }

    private static Tool function(RequestField function) {
        RequestField plain = ProtoField.of(function, "parametersJsonSchema");
        RequestField own = function.get("parameters");
        String schema = plain.isPresent()
                ? WellFormedText.text(plain.object().json())
                : own.isPresent() ? ProtoField.jsonSchema(own) : "{}";
        return new Tool(
                function.get("name").name("the name of a function"),
                function.get("description").optionalText().orElse(""),
                schema);
    }

    private void choose(RequestField config) {
        if (!config.isPresent()) {
            return;
        }
        RequestField allowed = ProtoField.of(config.object(), "allowedFunctionNames");
        if (allowed.isPresent()) {
            List<String> names =
                    allowed.items().stream().map(RequestField::text).toList();
            functions.removeIf(tool -> !names.isEmpty() && !names.contains(tool.name()));
        }
        RequestField mode = config.get("mode");
        choice = switch (mode.optionalText().orElse("AUTO")) {
            case "AUTO", "VALIDATED", "MODE_UNSPECIFIED" -> ToolChoice.AUTO;
            case "NONE" -> ToolChoice.NONE;
            case "ANY" ->
                functions.size() == 1 ? ToolChoice.named(functions.get(0).name()) : ToolChoice.REQUIRED;
            default -> throw mode.wrong("AUTO, ANY, NONE or VALIDATED");
        };
        if (mode.optionalText().orElse("").equals("ANY") && functions.isEmpty()) {
            throw mode.refused("'" + mode.path() + "' asks for a call, and 'tools' offers no function.");
        }
    }
}
