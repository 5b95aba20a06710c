package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.ToolDefinitions;
import dev.qwen2api.api.openai.responses.OfferedTools.Known;
import dev.qwen2api.api.openai.responses.OfferedTools.Offered;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Parses the tools of a request and the choice among them: functions, custom tools, and name spaces of both, in
 * {@code tools} and in input items of type {@code additional_tools}. Tools that OpenAI's servers would run are
 * ignored.
 */
final class ResponseToolsReader {

    private final List<Offered> found = new ArrayList<>();

    private ResponseToolsReader() {}

    static OfferedTools tools(RequestField request) {
        var reader = new ResponseToolsReader();
        reader.all(request.get("tools"), "");
        RequestField input = request.get("input");
        if (input.isArray()) {
            input.items().stream()
                    .filter(item -> isOfType(item, "additional_tools"))
                    .forEach(item -> reader.all(item.get("tools"), ""));
        }
        return OfferedTools.of(reader.found);
    }

    /** Whether a web search is among the tools. */
    static boolean offersSearch(RequestField request) {
        RequestField tools = request.get("tools");
        return tools.isPresent() && tools.items().stream().anyMatch(ResponseToolsReader::isSearch);
    }

    /** {@code web_search} and its dated and earlier names. */
    static boolean isSearch(RequestField tool) {
        return tool.get("type").isText() && tool.get("type").text().startsWith("web_search");
    }

    static boolean isOfType(RequestField requestField, String type) {
        return requestField.get("type").isText()
                && requestField.get("type").text().equals(type);
    }

    private void all(RequestField tools, String nameSpace) {
        if (tools.isPresent()) {
            tools.items().forEach(tool -> one(tool.object(), nameSpace));
        }
    }

    private void one(RequestField tool, String nameSpace) {
        switch (tool.get("type").text()) {
            case "function" -> {
                var known = new Known(name(tool), nameSpace, false);
                found.add(new Offered(known, ToolDefinitions.function(known.fullName(), tool, "parameters")));
            }
            case "custom" -> {
                var known = new Known(name(tool), nameSpace, true);
                found.add(new Offered(known, CustomToolInput.tool(known.fullName(), tool)));
            }
            case "namespace" -> all(tool.get("tools"), name(tool));
            default -> {}
        }
    }

    private static String name(RequestField tool) {
        return tool.get("name").name("the name of a tool");
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
        boolean search = offer.isEmpty() && offersSearch(request);
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
            default -> new Choice(offer, ToolChoice.AUTO, search || isSearch(choice));
        };
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
                .filter(tool -> tool.object().get("name").isPresent())
                .map(ResponseToolsReader::fullName)
                .collect(Collectors.toSet());
        boolean required = choice.get("mode").optionalText().orElse("auto").equals("required");
        boolean mayOnlySearch =
                names.isEmpty() && choice.get("tools").items().stream().anyMatch(ResponseToolsReader::isSearch);
        return new Choice(offer.only(names), required ? ToolChoice.REQUIRED : ToolChoice.AUTO, search || mayOnlySearch);
    }

    private static String fullName(RequestField tool) {
        return new Known(
                        tool.get("name").text(),
                        tool.get("namespace").optionalText().orElse(""),
                        false)
                .fullName();
    }
}
