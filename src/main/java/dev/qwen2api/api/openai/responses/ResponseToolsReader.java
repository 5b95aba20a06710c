package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.api.openai.responses.OfferedTools.Known;
import dev.qwen2api.api.openai.responses.OfferedTools.Offered;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the tools of a request: functions, custom tools, and those of either kind in name spaces, in {@code tools} and in
 * input items of type {@code additional_tools}. Tools that OpenAI itself would run are passed over.
 */
final class ResponseToolsReader {

    private final List<Offered> found = new ArrayList<>();

    private ResponseToolsReader() {}

    static OfferedTools read(RequestField request) {
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
                found.add(new Offered(known, function(known.told(), tool)));
            }
            case "custom" -> {
                var known = new Known(name(tool), nameSpace, true);
                found.add(new Offered(known, CustomToolInput.tool(known.told(), tool)));
            }
            case "namespace" -> all(tool.get("tools"), name(tool));
            default -> {}
        }
    }

    private static String name(RequestField tool) {
        String name = tool.get("name").text();
        if (name.isBlank()) {
            throw tool.get("name").wrong("the name of a tool");
        }
        return name;
    }

    private static Tool function(String told, RequestField tool) {
        RequestField parameters = tool.get("parameters");
        return new Tool(
                told,
                tool.get("description").optionalText().orElse(""),
                parameters.isPresent() ? WellFormedText.text(parameters.object().json()) : "{}");
    }
}
