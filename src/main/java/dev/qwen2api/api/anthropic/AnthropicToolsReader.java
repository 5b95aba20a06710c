package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.ToolDefinitions;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Parses {@code tools}, {@code mcp_servers} and {@code tool_choice}. Tools that Anthropic describes itself and the
 * client runs become functions. Of those that Anthropic's servers run, a web search becomes the upstream's own, and the
 * model learns that the others cannot be called. Used for one request.
 */
final class AnthropicToolsReader {

    private static final String WEB_SEARCH = "web_search_";
    private static final String TOOL_SEARCH = "tool_search_tool_";

    private final List<Tool> functions = new ArrayList<>();
    private final Set<String> searchNames = new HashSet<>();
    private final List<String> unavailable = new ArrayList<>();
    /** Tools that the client has described, but loads once a search of its own has found them. */
    private final List<Tool> deferred = new ArrayList<>();

    private boolean searches;
    private boolean searchesTools;

    private AnthropicToolsReader() {}

    static AnthropicToolsReader of(RequestField request) {
        var reader = new AnthropicToolsReader();
        request.get("tools").optionalItems().forEach(tool -> reader.read(tool.object()));
        request.get("mcp_servers").optionalItems().forEach(server -> reader.mcpServer(server.object()));
        reader.load(request);
        return reader;
    }

    private void read(RequestField tool) {
        String type = tool.get("type").optionalText().orElse("custom");
        if (type.equals("custom") || tool.get("input_schema").isPresent()) {
            boolean later = tool.get("defer_loading").optionalFlag().orElse(false);
            (later ? deferred : functions).add(function(tool));
            return;
        }
        if (type.startsWith(WEB_SEARCH)) {
            searches = true;
            tool.get("name").optionalText().ifPresent(searchNames::add);
            return;
        }
        if (type.startsWith(TOOL_SEARCH)) {
            searchesTools = true;
            return;
        }
        AnthropicTool.ofType(type).ifPresentOrElse(known -> functions.add(known.function(tool)), () -> {
            if (!type.equals("mcp_toolset")) {
                unavailable.add(type);
            }
        });
    }

    /**
     * Adds the deferred tools that the conversation refers to or that must be called; all of them where Anthropic's
     * servers would search, which the gateway cannot.
     */
    private void load(RequestField request) {
        if (!deferred.isEmpty()) {
            Set<String> loaded = MessagesReader.namedTools(request.get("messages"));
            request.get("tool_choice").get("name").optionalText().ifPresent(loaded::add);
            deferred.removeIf(tool -> !searchesTools && !loaded.contains(tool.name()));
            functions.addAll(deferred);
        }
    }

    private static Tool function(RequestField tool) {
        return ToolDefinitions.function(tool.get("name").name("the name of a tool"), tool, "input_schema");
    }

    private void mcpServer(RequestField server) {
        unavailable.add("MCP server " + server.get("name").optionalText().orElse("without a name"));
    }

    /** What the model must know of tools that cannot be called; empty if there are none. */
    Optional<Message> note() {
        return ToolDefinitions.unavailable(unavailable);
    }

    /** The tools that the client runs. */
    List<Tool> functions() {
        return functions;
    }

    /** The kind of answer that the tools ask for, if they ask for one. */
    Optional<ChatType> search() {
        return searches ? Optional.of(ChatType.SEARCH) : Optional.empty();
    }

    ToolChoice choice(RequestField choice) {
        if (!choice.isPresent()) {
            return ToolChoice.AUTO;
        }
        RequestField type = choice.object().get("type");
        return switch (type.text()) {
            case "auto" -> ToolChoice.AUTO;
            case "any" -> ToolChoice.REQUIRED;
            case "none" -> ToolChoice.NONE;
            case "tool" -> named(choice.get("name"));
            default -> throw type.wrong("auto, any, tool or none");
        };
    }

    private ToolChoice named(RequestField name) {
        if (functions.stream().anyMatch(tool -> tool.name().equals(name.text()))) {
            return ToolChoice.named(name.text());
        }
        if (searchNames.contains(name.text())) {
            return ToolChoice.AUTO;
        }
        throw name.refused("'" + name.path() + "' names a tool that 'tools' does not offer.");
    }
}
