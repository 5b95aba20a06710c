package dev.qwen2api.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** OpenAI's own description of what its routes send, and whether a JSON text is that. Thread-safe. */
public final class OpenAiSchema {

    private static final String ID = "https://schemas.invalid/openai";
    private static final JsonMapper JSON = new JsonMapper();
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemas(Map.of(ID, description().toString())));
    private static final Map<String, OpenAiSchema> KNOWN = new ConcurrentHashMap<>();

    private final String name;
    private final Schema schema;

    private OpenAiSchema(String name) {
        this.name = name;
        this.schema = REGISTRY.getSchema(SchemaLocation.of(ID + "#/components/schemas/" + name));
    }

    /** The schema {@code name}, such as {@code CreateChatCompletionResponse}. */
    public static OpenAiSchema of(String name) {
        return KNOWN.computeIfAbsent(name, OpenAiSchema::new);
    }

    private static JsonNode description() {
        try (InputStream file = OpenAiSchema.class.getResourceAsStream("/openai-schemas.json")) {
            JsonNode root = JSON.readTree(Objects.requireNonNull(file));
            acceptNulls(root);
            return root;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Spells {@code nullable}, a word of OpenAPI 3.0 that the description still uses, the way JSON Schema knows. */
    private static void acceptNulls(JsonNode node) {
        node.forEach(OpenAiSchema::acceptNulls);
        if (node instanceof ObjectNode schema
                && schema.path("nullable").asBoolean()
                && schema.path("type").isTextual()) {
            String type = schema.path("type").asText();
            schema.putArray("type").add(type).add("null");
            if (schema.get("enum") instanceof ArrayNode allowed) {
                allowed.addNull();
            }
        }
    }

    /**
     * Checks one JSON value.
     *
     * @throws AssertionError when the schema does not allow it, with all that is wrong
     */
    public void check(JsonNode value) {
        List<Error> wrong = schema.validate(value);
        if (!wrong.isEmpty()) {
            throw new AssertionError("no " + name + ": " + wrong + " in " + value);
        }
    }

    /** As {@link #check(JsonNode)}, of a JSON text. */
    public void check(byte[] json) {
        try {
            check(JSON.readTree(json));
        } catch (IOException broken) {
            throw new AssertionError("no JSON: " + new String(json, java.nio.charset.StandardCharsets.UTF_8), broken);
        }
    }
}
