package dev.qwen2api.openai.responses;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.json.Field;
import dev.qwen2api.json.WellFormed;
import dev.qwen2api.openai.responses.ToolOffer.Known;
import dev.qwen2api.openai.responses.ToolOffer.Offered;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the tools of a request: functions, custom tools, and those of either kind in name spaces, in {@code tools} and in
 * input items of type {@code additional_tools}. Tools that OpenAI itself would run are passed over.
 */
final class OfferReader {

    private final List<Offered> found = new ArrayList<>();

    private OfferReader() {}

    static ToolOffer read(Field request) {
        var reader = new OfferReader();
        reader.all(request.get("tools"), "");
        Field input = request.get("input");
        if (input.isArray()) {
            input.items().stream()
                    .filter(item -> isOfType(item, "additional_tools"))
                    .forEach(item -> reader.all(item.get("tools"), ""));
        }
        return ToolOffer.of(reader.found);
    }

    /** Whether a web search is among the tools. */
    static boolean offersSearch(Field request) {
        Field tools = request.get("tools");
        return tools.isPresent() && tools.items().stream().anyMatch(OfferReader::isSearch);
    }

    /** {@code web_search} and its dated and earlier names. */
    static boolean isSearch(Field tool) {
        return tool.get("type").isText() && tool.get("type").text().startsWith("web_search");
    }

    static boolean isOfType(Field field, String type) {
        return field.get("type").isText() && field.get("type").text().equals(type);
    }

    private void all(Field tools, String nameSpace) {
        if (tools.isPresent()) {
            tools.items().forEach(tool -> one(tool.object(), nameSpace));
        }
    }

    private void one(Field tool, String nameSpace) {
        switch (tool.get("type").text()) {
            case "function" -> {
                var known = new Known(name(tool), nameSpace, false);
                found.add(new Offered(known, function(known.told(), tool)));
            }
            case "custom" -> {
                var known = new Known(name(tool), nameSpace, true);
                found.add(new Offered(known, CustomInput.tool(known.told(), tool)));
            }
            case "namespace" -> all(tool.get("tools"), name(tool));
            default -> {}
        }
    }

    private static String name(Field tool) {
        String name = tool.get("name").text();
        if (name.isBlank()) {
            throw tool.get("name").wrong("the name of a tool");
        }
        return name;
    }

    private static Tool function(String told, Field tool) {
        Field parameters = tool.get("parameters");
        return new Tool(
                told,
                tool.get("description").optionalText().orElse(""),
                parameters.isPresent() ? WellFormed.text(parameters.object().json()) : "{}");
    }
}
