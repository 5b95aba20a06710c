package dev.qwen2api.api.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads what is peculiar to JSON made from protocol buffers: two spellings of every field, and schemas of its own. */
final class ProtoField {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    private ProtoField() {}

    /** The field {@code camelCase} of an object, which may also be spelled {@code camel_case}. */
    static RequestField of(RequestField object, String name) {
        RequestField camel = object.get(name);
        if (camel.isPresent()) {
            return camel;
        }
        RequestField snake = object.get(CAPITAL.matcher(name).replaceAll("_$0").toLowerCase(Locale.ROOT));
        return snake.isPresent() ? snake : camel;
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
