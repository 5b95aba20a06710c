package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.openai.responses.OfferedTools.Known;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.util.List;
import java.util.Optional;

/** Reads {@code input} into turns. Items of kinds that say nothing to a model are passed over, thinking among them. */
final class InputReader {

    private static final JsonMapper JSON = new JsonMapper();

    private final Earlier earlier;
    private final MessageAssembler messageAssembler;

    /**
     * @param earlier where items are found that are only referred to
     * @param turns where the turns of the input are added
     */
    InputReader(Earlier earlier, MessageAssembler messageAssembler) {
        this.earlier = earlier;
        this.messageAssembler = messageAssembler;
    }

    void read(RequestField input) {
        if (input.isText()) {
            messageAssembler.message(Role.USER, List.of(new Message.Text(input.text())));
        } else if (input.isArray()) {
            input.items().forEach(item -> item(item.object()));
        } else {
            throw input.wrong("a string or an array of items");
        }
    }

    private void item(RequestField item) {
        switch (type(item)) {
            case "message" ->
                messageAssembler.message(role(item.get("role")), ItemContentReader.parts(item.get("content")));
            case "function_call" ->
                messageAssembler.call(call(item, item.get("arguments").text()));
            case "custom_tool_call" ->
                messageAssembler.call(
                        call(item, CustomToolInput.toArguments(item.get("input").text())));
            case "function_call_output", "custom_tool_call_output" ->
                messageAssembler.result(item.get("call_id").text(), result(item.get("output")));
            case "item_reference" -> reference(item.get("id"));
            default -> {}
        }
    }

    /** Messages and references need not say what they are. */
    private static String type(RequestField item) {
        Optional<String> told = item.get("type").optionalText();
        boolean bare = item.get("id").isPresent() && !item.get("role").isPresent();
        return told.orElse(bare ? "item_reference" : "message");
    }

    private static Role role(RequestField role) {
        return switch (role.text()) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default -> throw role.wrong("one of user, assistant, system, developer");
        };
    }

    private static ToolCall call(RequestField item, String arguments) {
        var known = new Known(
                item.get("name").text(), item.get("namespace").optionalText().orElse(""), false);
        return new ToolCall(item.get("call_id").text(), known.told(), arguments);
    }

    private static List<Part> result(RequestField output) {
        return output.isObject() ? List.of(new Message.Text(output.json())) : ItemContentReader.parts(output);
    }

    /** An item of an earlier answer, by its id: clients send that in place of items which they take to be stored. */
    private void reference(RequestField reference) {
        String id = reference.text();
        if (id.startsWith(ItemIds.REASONING)) {
            return;
        }
        JsonNode found = ItemIds.responseOf(id)
                .flatMap(earlier::find)
                .map(held -> itemOf(held, id))
                .filter(JsonNode::isObject)
                .orElseThrow(() -> unknown(reference).toException());
        item(RequestField.root(found));
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

    private static Problem unknown(RequestField reference) {
        return new Problem(
                ProblemKind.NOT_FOUND,
                "'" + reference.path()
                        + "' refers to an item that is not held: responses are held in memory for a while,"
                        + " and only with 'store' true. Send the item itself.",
                Optional.of(reference.path()),
                Optional.empty());
    }
}
