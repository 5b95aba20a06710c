package dev.qwen2api.api.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import java.util.Locale;

/** Reads what is peculiar to JSON made from protocol buffers: two spellings of every field, and schemas of its own. */
final class ProtoField {

    private static final JsonMapper JSON = new JsonMapper();

    private ProtoField() {}

    /** The field {@code camelCase} of an object, which may also be spelled {@code camel_case}. */
    static RequestField of(RequestField object, String name) {
        RequestField camel = object.get(name);
        RequestField snake = object.get(name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
        return camel.isPresent() || !snake.isPresent() ? camel : snake;
    }

    /** Google's schema as JSON schema: its names of types are upper case. */
    static String jsonSchema(RequestField schema) {
        try {
            JsonNode root = JSON.readTree(schema.object().json());
            lowerTypes(root);
            return WellFormedText.text(root.toString());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("printed JSON is valid", impossible);
        }
    }

    private static void lowerTypes(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("type").isTextual()) {
            object.put("type", object.path("type").textValue().toLowerCase(Locale.ROOT));
        }
        node.forEach(ProtoField::lowerTypes);
    }
}
