package dev.qwen2api.chat.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Validates JSON against the client's JSON schema, as of draft 2020-12. References outside the schema are never
 * followed, and what would cost too much to validate passes. Used by one thread.
 */
final class JsonSchema {

    private static final JsonMapper JSON = new JsonMapper();

    /** Most pairs of a schema and a value that are compared: references can multiply without end. */
    private static final int MOST_STEPS = 200_000;

    private static final int DEEPEST = 250;
    private static final int LONGEST_NAME = 60;

    /** Most schemas inside each other, and references after one another, in which a scalar is looked for. */
    private static final int MOST_ALTERNATIVES = 4;

    private final JsonNode root;
    private final SchemaScalars scalars = new SchemaScalars();
    private int steps;

    JsonSchema(JsonNode root) {
        this.root = root;
    }

    /** The schema of a format; any object where it names none. */
    static JsonSchema of(AnswerFormat format) {
        try {
            return new JsonSchema(JSON.readTree(format.schema().isEmpty() ? "{\"type\":\"object\"}" : format.schema()));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a schema that was read as JSON", impossible);
        }
    }

    /** Whether the value itself may have this type. */
    boolean allows(String type) {
        JsonNode types = root.path("type");
        if (types.isTextual()) {
            return types.textValue().equals(type);
        }
        return !types.isArray() || types.isEmpty() || contains(types, type);
    }

    /** Whether the schema itself says that the value may be a text, a number, a boolean or null. */
    boolean allowsScalar() {
        return allowsScalar(root, 0);
    }

    private boolean allowsScalar(JsonNode schema, int depth) {
        JsonNode type = schema.path("type");
        boolean named = type.isTextual() && isScalar(type.textValue());
        for (JsonNode each : type) {
            named = named || isScalar(each.asText());
        }
        for (JsonNode each : schema.path("enum")) {
            named = named || type.isMissingNode() && each.isValueNode();
        }
        if (named || depth > MOST_ALTERNATIVES) {
            return named;
        }
        for (String alternatives : List.of("anyOf", "oneOf")) {
            for (JsonNode each : schema.path(alternatives)) {
                named = named || allowsScalar(each, depth + 1);
            }
        }
        String pointer = schema.path("$ref").asText();
        return named || pointer.startsWith("#/") && allowsScalar(root.at(pointer.substring(1)), depth + 1);
    }

    private static boolean isScalar(String type) {
        return !type.equals("object") && !type.equals("array");
    }

    private static boolean contains(JsonNode texts, String text) {
        for (JsonNode each : texts) {
            if (each.asText().equals(text)) {
                return true;
            }
        }
        return false;
    }

    /** The first place at which {@code value} violates the schema. */
    Optional<String> violation(JsonNode value) {
        return Optional.ofNullable(check(root, value, "$", 0));
    }

    private @Nullable String check(JsonNode schema, JsonNode value, String path, int depth) {
        steps += 1 + cost(schema);
        if (steps > MOST_STEPS || depth > DEEPEST) {
            return null;
        }
        if (schema.isBoolean()) {
            return schema.booleanValue() ? null : path + " is not allowed";
        }
        String fault = scalars.check(schema, value, path);
        fault = fault == null ? reference(schema, value, path, depth) : fault;
        fault = fault == null ? combined(schema, value, path, depth) : fault;
        if (fault == null && value.isObject()) {
            fault = members(schema, value, path, depth);
        }
        return fault == null && value.isArray() ? elements(schema, value, path, depth) : fault;
    }

    /** What a schema's own lists and its reference cost for each value, in steps. */
    private static int cost(JsonNode schema) {
        int lists = schema.path("enum").size()
                + schema.path("required").size()
                + schema.path("type").size()
                + schema.path("dependentRequired").size();
        for (JsonNode names : schema.path("dependentRequired")) {
            lists += names.size();
        }
        return lists / 8 + schema.path("$ref").asText().length() / 64;
    }

    private boolean fits(JsonNode schema, JsonNode value, int depth) {
        return check(schema, value, "$", depth + 1) == null;
    }

    private @Nullable String reference(JsonNode schema, JsonNode value, String path, int depth) {
        String pointer = schema.path("$ref").asText();
        if (!pointer.equals("#") && !pointer.startsWith("#/")) {
            return null;
        }
        JsonNode target = root.at(pointer.substring(1));
        return target.isMissingNode() ? null : check(target, value, path, depth + 1);
    }

    private @Nullable String combined(JsonNode schema, JsonNode value, String path, int depth) {
        for (JsonNode each : schema.path("allOf")) {
            String fault = check(each, value, path, depth + 1);
            if (fault != null) {
                return fault;
            }
        }
        if (schema.path("anyOf").isArray() && count(schema.path("anyOf"), value, depth) == 0) {
            return path + " matches none of 'anyOf'";
        }
        if (schema.path("oneOf").isArray() && count(schema.path("oneOf"), value, depth) != 1) {
            return path + " does not match exactly one of 'oneOf'";
        }
        if (schema.has("not") && fits(schema.get("not"), value, depth)) {
            return path + " matches 'not'";
        }
        if (schema.has("if")) {
            JsonNode then = schema.path(fits(schema.get("if"), value, depth) ? "then" : "else");
            return then.isMissingNode() ? null : check(then, value, path, depth + 1);
        }
        return null;
    }

    private int count(JsonNode schemas, JsonNode value, int depth) {
        int fitting = 0;
        for (JsonNode each : schemas) {
            fitting += fits(each, value, depth) ? 1 : 0;
        }
        return fitting;
    }

    private @Nullable String members(JsonNode schema, JsonNode value, String path, int depth) {
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.asText())) {
                return path + "." + printable(name.asText()) + " is missing";
            }
        }
        for (Map.Entry<String, JsonNode> dependent :
                schema.path("dependentRequired").properties()) {
            for (JsonNode name : dependent.getValue()) {
                if (value.has(dependent.getKey()) && !value.has(name.asText())) {
                    return path + "." + printable(name.asText()) + " is missing";
                }
            }
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String fault = member(schema, member.getKey(), member.getValue(), path, depth);
            if (fault != null) {
                return fault;
            }
        }
        return SchemaScalars.size(schema, "Properties", value.size(), path);
    }

    private @Nullable String member(JsonNode schema, String name, JsonNode value, String path, int depth) {
        String inside = path + "." + printable(name);
        JsonNode own = schema.path("properties").path(name);
        boolean known = !own.isMissingNode();
        String fault = known ? check(own, value, inside, depth + 1) : null;
        for (Map.Entry<String, JsonNode> pattern :
                schema.path("patternProperties").properties()) {
            if (fault == null && scalars.matches(pattern.getKey(), name)) {
                known = true;
                fault = check(pattern.getValue(), value, inside, depth + 1);
            }
        }
        if (fault == null && schema.has("propertyNames")) {
            fault = check(schema.get("propertyNames"), JSON.getNodeFactory().textNode(name), inside, depth + 1);
        }
        JsonNode others = schema.path("additionalProperties");
        return fault != null || known || others.isMissingNode() ? fault : check(others, value, inside, depth + 1);
    }

    /** The model makes up names of members, and violations are logged. */
    private static String printable(String name) {
        String head = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
        return head.replaceAll("\\p{Cntrl}", "?");
    }

    private @Nullable String elements(JsonNode schema, JsonNode value, String path, int depth) {
        boolean tuple = schema.path("prefixItems").isArray();
        JsonNode first = schema.path(tuple ? "prefixItems" : "items");
        JsonNode rest = first.isArray() ? schema.path(tuple ? "items" : "additionalItems") : first;
        boolean contained = !schema.has("contains");
        for (int i = 0; i < value.size(); i++) {
            JsonNode own = first.isArray() && i < first.size() ? first.get(i) : rest;
            String fault =
                    check(own.isMissingNode() ? BooleanNode.TRUE : own, value.get(i), path + "[" + i + "]", depth + 1);
            if (fault != null) {
                return fault;
            }
            contained = contained || fits(schema.get("contains"), value.get(i), depth);
        }
        if (!contained) {
            return path + " does not contain what it must";
        }
        if (schema.path("uniqueItems").asBoolean()) {
            var seen = new HashSet<JsonNode>();
            for (JsonNode each : value) {
                if (!seen.add(each)) {
                    return path + " repeats an element";
                }
            }
        }
        return SchemaScalars.size(schema, "Items", value.size(), path);
    }
}
