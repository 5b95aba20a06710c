package dev.qwen2api.openai.responses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.Part;
import dev.qwen2api.chat.Turn.Role;
import dev.qwen2api.chat.Turn.ToolCall;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.json.Field;
import dev.qwen2api.openai.responses.ToolOffer.Known;
import java.util.List;
import java.util.Optional;

/** Reads {@code input} into turns. Items of kinds that say nothing to a model are passed over, thinking among them. */
final class InputReader {

    private static final JsonMapper JSON = new JsonMapper();

    private final Earlier earlier;
    private final Turns turns;

    /**
     * @param earlier where items are found that are only referred to
     * @param turns where the turns of the input are added
     */
    InputReader(Earlier earlier, Turns turns) {
        this.earlier = earlier;
        this.turns = turns;
    }

    void read(Field input) {
        if (input.isText()) {
            turns.message(Role.USER, List.of(new Turn.Text(input.text())));
        } else if (input.isArray()) {
            input.items().forEach(item -> item(item.object()));
        } else {
            throw input.wrong("a string or an array of items");
        }
    }

    private void item(Field item) {
        switch (type(item)) {
            case "message" -> turns.message(role(item.get("role")), ContentReader.parts(item.get("content")));
            case "function_call" -> turns.call(call(item, item.get("arguments").text()));
            case "custom_tool_call" ->
                turns.call(call(item, CustomInput.toArguments(item.get("input").text())));
            case "function_call_output", "custom_tool_call_output" ->
                turns.result(item.get("call_id").text(), result(item.get("output")));
            case "item_reference" -> reference(item.get("id"));
            default -> {}
        }
    }

    /** Messages and references need not say what they are. */
    private static String type(Field item) {
        Optional<String> told = item.get("type").optionalText();
        boolean bare = item.get("id").isPresent() && !item.get("role").isPresent();
        return told.orElse(bare ? "item_reference" : "message");
    }

    private static Role role(Field role) {
        return switch (role.text()) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default -> throw role.wrong("one of user, assistant, system, developer");
        };
    }

    private static ToolCall call(Field item, String arguments) {
        var known = new Known(
                item.get("name").text(), item.get("namespace").optionalText().orElse(""), false);
        return new ToolCall(item.get("call_id").text(), known.told(), arguments);
    }

    private static List<Part> result(Field output) {
        return output.isObject() ? List.of(new Turn.Text(output.json())) : ContentReader.parts(output);
    }

    /** An item of an earlier answer, by its id: clients send that in place of items which they take to be stored. */
    private void reference(Field reference) {
        String id = reference.text();
        if (id.startsWith(ItemIds.REASONING)) {
            return;
        }
        JsonNode found = ItemIds.responseOf(id)
                .flatMap(earlier::find)
                .map(held -> itemOf(held, id))
                .filter(JsonNode::isObject)
                .orElseThrow(() -> unknown(reference).toException());
        item(Field.root(found));
    }

    private static JsonNode itemOf(HeldResponse held, String id) {
        try {
            for (JsonNode item : JSON.readTree(held.body()).path("output")) {
                if (item.path("id").asText().equals(id)) {
                    return item;
                }
            }
            return JSON.missingNode();
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a response that we printed ourselves", impossible);
        }
    }

    private static Problem unknown(Field reference) {
        return new Problem(
                Problem.Kind.NOT_FOUND,
                "'" + reference.path()
                        + "' refers to an item that is not held: responses are held in memory for a while,"
                        + " and only with 'store' true. Send the item itself.",
                Optional.of(reference.path()),
                Optional.empty());
    }
}
