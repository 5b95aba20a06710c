package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.util.Optional;
import java.util.function.Function;

/** Finds items of stored responses by their ids, which clients send in place of the items. */
final class ItemReferences {

    private static final JsonMapper JSON = new JsonMapper();

    private final Function<String, Optional<StoredResponse>> stored;

    /**
     * @param stored finds a stored response by its id
     */
    ItemReferences(Function<String, Optional<StoredResponse>> stored) {
        this.stored = stored;
    }

    /** The item; empty where it is thinking. */
    Optional<RequestField> find(RequestField reference) {
        String id = reference.text();
        if (id.startsWith(ItemIds.REASONING)) {
            return Optional.empty();
        }
        JsonNode found = ItemIds.responseOf(id)
                .flatMap(stored)
                .map(response -> itemOf(response, id))
                .filter(JsonNode::isObject)
                .orElseThrow(() -> unknown(reference).toException());
        return Optional.of(RequestField.root(found));
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
