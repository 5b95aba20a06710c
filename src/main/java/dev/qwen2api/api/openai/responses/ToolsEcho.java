package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.qwen2api.api.json.RequestField;

/** Repeats the tools of a request, as far as they have a meaning here, and the choice among them. */
final class ToolsEcho {

    private static final JsonMapper JSON = new JsonMapper();

    private ToolsEcho() {}

    static ArrayNode of(RequestField tools) {
        ArrayNode echo = JSON.createArrayNode();
        if (tools.isPresent()) {
            tools.items().forEach(tool -> one(tool, echo));
        }
        return echo;
    }

    private static void one(RequestField tool, ArrayNode echo) {
        switch (tool.get("type").text()) {
            case "function" -> function(tool, echo.addObject());
            case "custom" -> custom(tool, echo.addObject());
            case "web_search" -> echo.addObject().put("type", "web_search");
            default -> {}
        }
    }

    private static void function(RequestField tool, ObjectNode echo) {
        echo.put("type", "function").put("name", tool.get("name").text());
        describe(tool, echo);
        RequestField parameters = tool.get("parameters");
        if (parameters.isPresent()) {
            echo.putRawValue("parameters", new RawValue(parameters.object().json()));
        } else {
            echo.putNull("parameters");
        }
        echo.put("strict", tool.get("strict").optionalFlag().orElse(false));
    }

    private static void custom(RequestField tool, ObjectNode echo) {
        echo.put("type", "custom").put("name", tool.get("name").text());
        describe(tool, echo);
        RequestField format = tool.get("format");
        RequestField syntax = format.get("syntax");
        if (syntax.isText()
                && syntax.text().matches("lark|regex")
                && format.get("definition").isText()) {
            echo.putObject("format")
                    .put("type", "grammar")
                    .put("syntax", syntax.text())
                    .put("definition", format.get("definition").text());
        }
    }

    private static void describe(RequestField tool, ObjectNode echo) {
        tool.get("description").optionalText().ifPresent(words -> echo.put("description", words));
    }

    /** A choice of a kind that has no meaning here was taken for none. */
    static void choice(RequestField choice, ObjectNode echo) {
        switch (choice.get("type").text()) {
            case "function", "custom" ->
                echo.putObject("tool_choice")
                        .put("type", choice.get("type").text())
                        .put("name", choice.get("name").text());
            case "allowed_tools" ->
                echo.putObject("tool_choice")
                        .put("type", "allowed_tools")
                        .put(
                                "mode",
                                choice.get("mode")
                                        .optionalText()
                                        .filter("required"::equals)
                                        .orElse("auto"))
                        .putRawValue("tools", new RawValue(choice.get("tools").json()));
            default -> echo.put("tool_choice", "auto");
        }
    }
}
