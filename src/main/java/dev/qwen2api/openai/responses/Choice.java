package dev.qwen2api.openai.responses;

import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.json.Field;
import dev.qwen2api.openai.responses.ToolOffer.Known;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How free the model is with the tools of a request.
 *
 * @param tools those that it may call
 * @param choice whether it must
 * @param search whether it is to search the web
 */
record Choice(ToolOffer tools, ToolChoice choice, boolean search) {

    /**
     * Reads {@code tool_choice}. A web search is a way of asking the upstream as a whole, and slow; agents offer it with
     * every request beside tools of their own. So it is asked for where it is chosen, or is all there is to choose from.
     */
    static Choice read(Field request, ToolOffer offer) {
        Field choice = request.get("tool_choice");
        boolean search = offer.isEmpty() && OfferReader.offersSearch(request);
        if (!choice.isPresent()) {
            return new Choice(offer, ToolChoice.AUTO, search);
        }
        if (choice.isText()) {
            ToolChoice word = byWord(choice);
            return new Choice(offer, word, search && word.mode() != ToolChoice.Mode.NONE);
        }
        return byType(choice.object(), offer, search);
    }

    private static ToolChoice byWord(Field choice) {
        return switch (choice.text()) {
            case "auto" -> ToolChoice.AUTO;
            case "none" -> ToolChoice.NONE;
            case "required" -> ToolChoice.REQUIRED;
            default -> throw choice.wrong("auto, none, required, or an object that names a tool");
        };
    }

    private static Choice byType(Field choice, ToolOffer offer, boolean search) {
        return switch (choice.get("type").text()) {
            case "function", "custom" -> new Choice(offer, named(choice, offer), search);
            case "allowed_tools" -> allowed(choice, offer, search);
            default -> new Choice(offer, ToolChoice.AUTO, search || OfferReader.isSearch(choice));
        };
    }

    private static ToolChoice named(Field choice, ToolOffer offer) {
        String told = told(choice);
        if (!offer.has(told)) {
            throw choice.get("name")
                    .refused("'" + choice.get("name").path() + "' names a tool that 'tools' does not offer.");
        }
        return ToolChoice.named(told);
    }

    private static Choice allowed(Field choice, ToolOffer offer, boolean search) {
        Set<String> names = choice.get("tools").items().stream()
                .filter(tool -> tool.object().get("name").isPresent())
                .map(Choice::told)
                .collect(Collectors.toSet());
        boolean required = choice.get("mode").optionalText().orElse("auto").equals("required");
        boolean mayOnlySearch =
                names.isEmpty() && choice.get("tools").items().stream().anyMatch(OfferReader::isSearch);
        return new Choice(offer.only(names), required ? ToolChoice.REQUIRED : ToolChoice.AUTO, search || mayOnlySearch);
    }

    private static String told(Field tool) {
        return new Known(
                        tool.get("name").text(),
                        tool.get("namespace").optionalText().orElse(""),
                        false)
                .told();
    }
}
