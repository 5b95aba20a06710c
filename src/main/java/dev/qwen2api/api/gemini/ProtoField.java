package dev.qwen2api.api.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads what is peculiar to JSON made from protocol buffers: two spellings of every field, and schemas of its own. */
final class ProtoField {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");
    private static final List<String> LIMITS =
            List.of("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties");

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

    /**
     * Google's schema as JSON schema. Its names of types are upper case, its {@code nullable} is another type there,
     * and its limits, which are 64 bits wide, may be strings.
     */
    static String jsonSchema(RequestField schema) {
        try {
            JsonNode root = JSON.readTree(schema.object().json());
            convert(root);
            return WellFormedText.text(root.toString());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("printed JSON is valid", impossible);
        }
    }

    private static void convert(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.path("type").isTextual()) {
                object.put("type", object.path("type").textValue().toLowerCase(Locale.ROOT));
            }
            if (object.path("nullable").isBoolean() && object.remove("nullable").booleanValue()) {
                allowNull(object);
            }
            LIMITS.stream()
                    .filter(name -> DIGITS.matcher(object.path(name).asText()).matches())
                    .forEach(name -> object.put(name, object.path(name).asLong()));
        }
        node.forEach(ProtoField::convert);
    }

    private static void allowNull(ObjectNode schema) {
        if (schema.path("type").isTextual()) {
            JsonNode type = schema.path("type");
            schema.putArray("type").add(type).add("null");
        }
        if (schema.path("enum") instanceof ArrayNode values) {
            values.addNull();
        }
        if (schema.path("anyOf") instanceof ArrayNode schemas) {
            schemas.addObject().put("type", "null");
        }
    }
}
