package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.TreeMemory;
import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds items of stored responses by their ids, which clients send in place of the items. For one request, which may
 * name each item once and makes no response be parsed twice.
 */
final class ItemReferences {

    private static final JsonMapper JSON = new JsonMapper();

    /** Bytes that a parsed response takes for each of its characters. */
    private static final long PARSED = 8;

    private final Function<String, Optional<StoredResponse>> stored;
    private final TreeMemory memory;
    private final Map<String, Map<String, JsonNode>> parsed = new HashMap<>();
    private final Set<String> named = new HashSet<>();

    /**
     * @param stored finds a stored response by its id
     * @param memory where the memory of the responses that are named is reserved
     */
    ItemReferences(Function<String, Optional<StoredResponse>> stored, TreeMemory memory) {
        this.stored = stored;
        this.memory = memory;
    }

    /** The item; empty where it is thinking. */
    Optional<RequestField> find(RequestField reference) {
        String id = reference.text();
        if (id.startsWith(ItemIds.REASONING)) {
            return Optional.empty();
        }
        if (!named.add(id)) {
            // OpenAI's own words, which clients look for.
            throw reference.refused(
                    "Duplicate item found with id " + id + ". Remove duplicate items from your input and try again.");
        }
        JsonNode found = ItemIds.responseOf(id)
                .map(response -> parsed.computeIfAbsent(response, this::output).get(id))
                .orElseThrow(() -> unknown(reference).toException());
        return Optional.of(RequestField.root(found));
    }

    private Map<String, JsonNode> output(String response) {
        return stored.apply(response).map(this::output).orElse(Map.of());
    }

    /** The items by their ids. What else the response says is the client's own and may be of any shape. */
    private Map<String, JsonNode> output(StoredResponse response) {
        memory.reserve(PARSED * response.body().length());
        var items = new HashMap<String, JsonNode>();
        try (JsonParser parser = JSON.createParser(response.body())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean output = parser.currentName().equals("output");
                parser.nextToken();
                if (output) {
                    JsonNode list = parser.readValueAsTree();
                    list.forEach(item -> items.put(item.path("id").asText(), item));
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("a response that we printed ourselves", impossible);
        }
        return items;
    }

    private static Problem unknown(RequestField reference) {
        return Problem.of(
                ProblemKind.NOT_FOUND,
                reference.path(),
                "'" + reference.path()
                        + "' refers to an item that is not stored: responses are kept in memory for a while,"
                        + " and only with 'store' true. Send the item itself.");
    }
}
