package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.json.ContentPartReader;
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
import java.util.function.Function;

/** Parses the {@code input} of a request. Items without meaning for the model are ignored, thinking among them. */
final class InputReader {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String PART_TYPES = "input_text or output_text";

    private final Function<String, Optional<StoredResponse>> stored;
    private final MessageAssembler messages;

    /**
     * @param stored finds a stored response by its id, for items that are only referred to
     * @param messages where the messages of the input are added
     */
    InputReader(Function<String, Optional<StoredResponse>> stored, MessageAssembler messages) {
        this.stored = stored;
        this.messages = messages;
    }

    void read(RequestField input) {
        if (input.isText()) {
            messages.message(Role.USER, List.of(new Message.Text(input.text())));
        } else if (input.isArray()) {
            input.items().forEach(item -> item(item.object()));
        } else {
            throw input.wrong("a string or an array of items");
        }
    }

    private void item(RequestField item) {
        switch (type(item)) {
            case "message" ->
                messages.message(role(item.get("role")), ContentPartReader.parts(item.get("content"), PART_TYPES));
            case "function_call" ->
                messages.call(call(item, item.get("arguments").text()));
            case "custom_tool_call" ->
                messages.call(
                        call(item, CustomToolInput.toArguments(item.get("input").text())));
            case "function_call_output", "custom_tool_call_output" ->
                messages.result(item.get("call_id").text(), result(item.get("output")));
            case "item_reference" -> reference(item.get("id"));
            default -> {}
        }
    }

    /** Messages and references need not give their type. */
    private static String type(RequestField item) {
        Optional<String> type = item.get("type").optionalText();
        boolean bare = item.get("id").isPresent() && !item.get("role").isPresent();
        return type.orElse(bare ? "item_reference" : "message");
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
        return new ToolCall(item.get("call_id").text(), known.fullName(), arguments);
    }

    private static List<Part> result(RequestField output) {
        return output.isObject()
                ? List.of(new Message.Text(output.json()))
                : ContentPartReader.parts(output, PART_TYPES);
    }

    /** An item of a stored response by its id, which clients send in place of the item. */
    private void reference(RequestField reference) {
        String id = reference.text();
        if (id.startsWith(ItemIds.REASONING)) {
            return;
        }
        JsonNode found = ItemIds.responseOf(id)
                .flatMap(stored)
                .map(stored -> itemOf(stored, id))
                .filter(JsonNode::isObject)
                .orElseThrow(() -> unknown(reference).toException());
        item(RequestField.root(found));
    }

    private static JsonNode itemOf(StoredResponse stored, String id) {
        try {
            for (JsonNode item : JSON.readTree(stored.body()).path("output")) {
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
                        + "' refers to an item that is not stored: responses are kept in memory for a while,"
                        + " and only with 'store' true. Send the item itself.",
                Optional.of(reference.path()),
                Optional.empty());
    }
}
