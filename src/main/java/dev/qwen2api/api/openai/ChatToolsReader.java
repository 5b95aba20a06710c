package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.ToolDefinitions;
import dev.qwen2api.api.openai.Completion.CallFormat;
import dev.qwen2api.api.openai.items.OfferedTools;
import dev.qwen2api.api.openai.items.ToolForm;
import dev.qwen2api.api.openai.items.ToolReader;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Parses {@code tools} and {@code tool_choice}, and their older forms {@code functions} and {@code function_call}. */
final class ChatToolsReader {

    private ChatToolsReader() {}

    /**
     * The tools of a request.
     *
     * @param offer those that the model may call
     * @param choice how free it is with them
     * @param calls how its calls are printed
     * @param search whether the upstream searches the web
     * @param unavailable the types of tools that cannot be called here
     */
    record ChatTools(
            OfferedTools offer, ToolChoice choice, CallFormat calls, boolean search, List<String> unavailable) {}

    static ChatTools read(RequestField request) {
        var reader = new ToolReader();
        reader.readAll(request.get("tools"), "");
        boolean legacy =
                request.get("functions").isPresent() && reader.offered().isEmpty();
        request.get("functions").optionalItems().forEach(each -> reader.function(ToolForm.FUNCTION, each.object(), ""));
        OfferedTools all = reader.offered();
        RequestField choice =
                request.get("tool_choice").isPresent() ? request.get("tool_choice") : request.get("function_call");
        OfferedTools offer = isAllowedTools(choice) ? all.only(allowed(choice)) : all;
        boolean parallel = request.get("parallel_tool_calls").optionalFlag().orElse(true);
        return new ChatTools(
                offer,
                choice(choice, offer),
                new CallFormat(offer, legacy, parallel && !legacy),
                offer.isEmpty() && ToolReader.offersSearch(request),
                reader.unavailable());
    }

    private static boolean isAllowedTools(RequestField choice) {
        return choice.isObject() && choice.get("type").optionalText().orElse("").equals("allowed_tools");
    }

    /** The fields of {@code allowed_tools}, which Responses has beside the type. */
    private static RequestField allowance(RequestField choice) {
        RequestField inside = choice.get("allowed_tools");
        return inside.isPresent() ? inside.object() : choice;
    }

    private static Set<String> allowed(RequestField choice) {
        return allowance(choice).get("tools").items().stream()
                .map(tool -> name(tool.object()).text())
                .collect(Collectors.toSet());
    }

    /** The name of a tool, which stands in an object named after its type, or beside the type. */
    private static RequestField name(RequestField tool) {
        for (String inside : new String[] {"function", "custom"}) {
            if (tool.get(inside).isPresent()) {
                return tool.get(inside).object().get("name");
            }
        }
        RequestField name = tool.get("name");
        return name.isPresent() ? name : tool.get("type");
    }

    private static ToolChoice choice(RequestField choice, OfferedTools offer) {
        if (!choice.isPresent()) {
            return ToolChoice.AUTO;
        }
        if (choice.isText()) {
            return ToolDefinitions.choice(choice, "an object that names a function");
        }
        if (isAllowedTools(choice)) {
            String mode = allowance(choice).get("mode").optionalText().orElse("auto");
            return mode.equals("required") ? ToolChoice.REQUIRED : ToolChoice.AUTO;
        }
        RequestField name = name(choice.object());
        if (!name.isPresent() || name.text().equals("auto") || ToolReader.isSearch(choice)) {
            return ToolChoice.AUTO;
        }
        if (!offer.has(name.text())) {
            throw name.refused("'" + name.path() + "' names a function that 'tools' does not offer.");
        }
        return ToolChoice.named(name.text());
    }
}
