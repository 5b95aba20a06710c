package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.ToolDefinitions;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;

/** Parses {@code tools} and {@code tool_choice}, and their older forms {@code functions} and {@code function_call}. */
final class ChatToolsReader {

    private ChatToolsReader() {}

    /** The functions offered; tools of other types are ignored. */
    static List<Tool> tools(RequestField request) {
        var tools = new ArrayList<Tool>();
        if (request.get("tools").isPresent()) {
            for (RequestField tool : request.get("tools").items()) {
                if (tool.object().get("type").text().equals("function")) {
                    tools.add(function(tool.get("function").object()));
                }
            }
        }
        if (request.get("functions").isPresent()) {
            request.get("functions").items().forEach(each -> tools.add(function(each.object())));
        }
        return tools;
    }

    private static Tool function(RequestField function) {
        return ToolDefinitions.function(function.get("name").name("the name of a function"), function, "parameters");
    }

    static ToolChoice choice(RequestField request, List<Tool> tools) {
        RequestField choice = request.get("tool_choice");
        if (!choice.isPresent()) {
            choice = request.get("function_call");
        }
        if (!choice.isPresent()) {
            return ToolChoice.AUTO;
        }
        return choice.isText()
                ? ToolDefinitions.choice(choice, "an object that names a function")
                : byName(choice, tools);
    }

    private static ToolChoice byName(RequestField choice, List<Tool> tools) {
        RequestField function = choice.object().get("function");
        RequestField name = function.isPresent() ? function.object().get("name") : choice.get("name");
        if (!name.isPresent()) {
            return ToolChoice.AUTO;
        }
        if (tools.stream().noneMatch(tool -> tool.name().equals(name.text()))) {
            throw name.refused("'" + name.path() + "' names a function that 'tools' does not offer.");
        }
        return ToolChoice.named(name.text());
    }
}
