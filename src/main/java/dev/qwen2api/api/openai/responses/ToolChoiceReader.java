package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.openai.responses.OfferedTools.Known;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How free the model is with the tools of a request.
 *
 * @param tools those that it may call
 * @param choice whether it must
 * @param search whether it is to search the web
 */
record ToolChoiceReader(OfferedTools tools, ToolChoice choice, boolean search) {

    /**
     * Reads {@code tool_choice}. A web search is a way of asking the upstream as a whole, and slow; agents offer it with
     * every request beside tools of their own. So it is asked for where it is chosen, or is all there is to choose from.
     */
    static ToolChoiceReader read(RequestField request, OfferedTools offer) {
        RequestField choice = request.get("tool_choice");
        boolean search = offer.isEmpty() && ResponseToolsReader.offersSearch(request);
        if (!choice.isPresent()) {
            return new ToolChoiceReader(offer, ToolChoice.AUTO, search);
        }
        if (choice.isText()) {
            ToolChoice word = byWord(choice);
            return new ToolChoiceReader(offer, word, search && word.mode() != ToolChoice.Mode.NONE);
        }
        return byType(choice.object(), offer, search);
    }

    private static ToolChoice byWord(RequestField choice) {
        return switch (choice.text()) {
            case "auto" -> ToolChoice.AUTO;
            case "none" -> ToolChoice.NONE;
            case "required" -> ToolChoice.REQUIRED;
            default -> throw choice.wrong("auto, none, required, or an object that names a tool");
        };
    }

    private static ToolChoiceReader byType(RequestField choice, OfferedTools offer, boolean search) {
        return switch (choice.get("type").text()) {
            case "function", "custom" -> new ToolChoiceReader(offer, named(choice, offer), search);
            case "allowed_tools" -> allowed(choice, offer, search);
            default -> new ToolChoiceReader(offer, ToolChoice.AUTO, search || ResponseToolsReader.isSearch(choice));
        };
    }

    private static ToolChoice named(RequestField choice, OfferedTools offer) {
        String told = told(choice);
        if (!offer.has(told)) {
            throw choice.get("name")
                    .refused("'" + choice.get("name").path() + "' names a tool that 'tools' does not offer.");
        }
        return ToolChoice.named(told);
    }

    private static ToolChoiceReader allowed(RequestField choice, OfferedTools offer, boolean search) {
        Set<String> names = choice.get("tools").items().stream()
                .filter(tool -> tool.object().get("name").isPresent())
                .map(ToolChoiceReader::told)
                .collect(Collectors.toSet());
        boolean required = choice.get("mode").optionalText().orElse("auto").equals("required");
        boolean mayOnlySearch =
                names.isEmpty() && choice.get("tools").items().stream().anyMatch(ResponseToolsReader::isSearch);
        return new ToolChoiceReader(
                offer.only(names), required ? ToolChoice.REQUIRED : ToolChoice.AUTO, search || mayOnlySearch);
    }

    private static String told(RequestField tool) {
        return new Known(
                        tool.get("name").text(),
                        tool.get("namespace").optionalText().orElse(""),
                        false)
                .told();
    }
}
