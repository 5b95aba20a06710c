package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.ToolDefinitions;
import dev.qwen2api.api.openai.items.OfferedTools;
import dev.qwen2api.api.openai.items.OfferedTools.Known;
import dev.qwen2api.api.openai.items.ToolForm;
import dev.qwen2api.api.openai.items.ToolReader;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Parses the tools of a request and the choice among them, in {@code tools} and in input items that bring further
 * tools.
 */
final class ResponseToolsReader {

    private ResponseToolsReader() {}

    static ToolReader tools(RequestField request) {
        var reader = new ToolReader();
        request.get("tools").optionalItems().forEach(ResponseToolsReader::refuseWrapped);
        reader.readAll(request.get("tools"), "");
        RequestField input = request.get("input");
        if (input.isArray()) {
            input.items().stream()
                    .filter(item -> item.isOfType("additional_tools") || item.isOfType("tool_search_output"))
                    .forEach(item -> reader.readAll(item.get("tools"), ""));
        }
        return reader;
    }

    /** Refuses the form of chat completions, which no response could repeat. */
    private static void refuseWrapped(RequestField tool) {
        for (String type : List.of("function", "custom")) {
            if (tool.isOfType(type)
                    && tool.get(type).isObject()
                    && !tool.get("name").isPresent()) {
                throw tool.get(type)
                        .refused(
                                "'" + tool.get(type).path() + "' is the form of chat completions. Here its fields stand"
                                        + " beside the type: {\"type\": \"" + type + "\", \"name\": …}.");
            }
        }
    }

    /**
     * How free the model is with the tools.
     *
     * @param tools those that it may call
     * @param mode whether it must call one
     * @param search whether the upstream searches the web
     */
    record Choice(OfferedTools tools, ToolChoice mode, boolean search) {}

    /**
     * Parses {@code tool_choice}. A web search changes the whole answer and is slow, and agents offer it with every
     * request beside tools of their own. So the upstream searches only where search is chosen, or is the only tool.
     */
    static Choice choice(RequestField request, OfferedTools offer) {
        RequestField choice = request.get("tool_choice");
        boolean search = offer.isEmpty() && ToolReader.offersSearch(request);
        if (!choice.isPresent()) {
            return new Choice(offer, ToolChoice.AUTO, search);
        }
        if (choice.isText()) {
            ToolChoice word = ToolDefinitions.choice(choice, "an object that names a tool");
            return new Choice(offer, word, search && word.mode() != ToolChoice.Mode.NONE);
        }
        return byType(choice.object(), offer, search);
    }

    private static Choice byType(RequestField choice, OfferedTools offer, boolean search) {
        return switch (choice.get("type").text()) {
            case "function", "custom" -> new Choice(offer, named(choice, offer), search);
            case "allowed_tools" -> allowed(choice, offer, search);
            default -> other(choice, offer, search);
        };
    }

    private static Choice other(RequestField choice, OfferedTools offer, boolean search) {
        RequestField type = choice.get("type");
        if (ToolReader.isSearch(choice)) {
            return new Choice(offer, ToolChoice.AUTO, true);
        }
        if (offer.has(type.text())) {
            return new Choice(offer, ToolChoice.named(type.text()), search);
        }
        throw type.refused("'" + type.path() + "' names a tool that is not available here.");
    }

    private static ToolChoice named(RequestField choice, OfferedTools offer) {
        String name = fullName(choice);
        if (!offer.has(name)) {
            throw choice.get("name")
                    .refused("'" + choice.get("name").path() + "' names a tool that 'tools' does not offer.");
        }
        return ToolChoice.named(name);
    }

    private static Choice allowed(RequestField choice, OfferedTools offer, boolean search) {
        Set<String> names = choice.get("tools").items().stream()
                .map(tool -> tool.object().get("name").isPresent()
                        ? fullName(tool)
                        : tool.get("type").text())
                .collect(Collectors.toSet());
        boolean required = choice.get("mode").optionalText().orElse("auto").equals("required");
        boolean mayOnlySearch = offer.only(names).isEmpty()
                && choice.get("tools").items().stream().anyMatch(ToolReader::isSearch);
        return new Choice(offer.only(names), required ? ToolChoice.REQUIRED : ToolChoice.AUTO, search || mayOnlySearch);
    }

    private static String fullName(RequestField tool) {
        return new Known(
                        tool.get("name").text(),
                        tool.get("namespace").optionalText().orElse(""),
                        ToolForm.FUNCTION)
                .fullName();
    }
}
