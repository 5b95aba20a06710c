package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The types that a tool's schema gives its parameters: how a value that was written without quotes is to be read. */
final class ParameterTypes {

    private final Map<String, Set<String>> types = new HashMap<>();

    /** The types of a tool without a schema. */
    static final ParameterTypes UNKNOWN = new ParameterTypes();

    private ParameterTypes() {}

    static ParameterTypes of(Tool tool) {
        ParameterTypes found = new ParameterTypes();
        LenientJson.repair(tool.parameters())
                .flatMap(schema -> JsonMembers.member(schema, "properties"))
                .filter(JsonMembers::isObject)
                .ifPresent(found::readAll);
        return found;
    }

    private void readAll(String properties) {
        for (JsonMembers.Member property : JsonMembers.members(properties)) {
            types.put(property.key(), typesOf(property.value()));
        }
    }

    boolean knows(String parameter) {
        return types.containsKey(parameter);
    }

    /** Whether a value is text as it stands. So is that of a parameter without a type. */
    boolean isText(String parameter) {
        Set<String> allowed = types.getOrDefault(parameter, Set.of());
        return allowed.isEmpty() || allowed.equals(Set.of("string"));
    }

    /** The JSON for a value that is not {@link #isText plain text}; empty where the value stands for none. */
    Optional<String> read(String parameter, String value) {
        Set<String> allowed = types.getOrDefault(parameter, Set.of());
        String trimmed = value.strip();
        boolean text = allowed.contains("string");
        if (trimmed.isEmpty() && !text) {
            return Optional.empty();
        }
        return Optional.of(structured(allowed, trimmed)
                .or(() -> literal(allowed, trimmed))
                .orElseGet(() -> JsonMembers.quote(value)));
    }

    private static Optional<String> structured(Set<String> allowed, String value) {
        boolean fits = JsonMembers.isObject(value) && allowed.contains("object")
                || JsonMembers.isArray(value) && allowed.contains("array");
        return fits ? LenientJson.repairWhole(value) : Optional.empty();
    }

    private static Optional<String> literal(Set<String> allowed, String value) {
        return JsonLiteral.read(value).filter(json -> allowed.contains(typeOf(json)));
    }

    private static String typeOf(String literal) {
        return switch (literal) {
            case "true", "false" -> "boolean";
            case "null" -> "null";
            default -> "number";
        };
    }

    private static Set<String> typesOf(String schema) {
        Set<String> found = new TreeSet<>();
        if (JsonMembers.isObject(schema)) {
            JsonMembers.member(schema, "type").ifPresent(type -> found.addAll(JsonMembers.texts(type)));
            for (String choice : List.of("anyOf", "oneOf")) {
                JsonMembers.member(schema, choice)
                        .filter(JsonMembers::isArray)
                        .map(JsonMembers::elements)
                        .orElse(List.of())
                        .forEach(option -> found.addAll(typesOf(option)));
            }
        }
        if (found.remove("integer")) {
            found.add("number");
        }
        if (!found.isEmpty() && !found.contains("string")) {
            found.add("null");
        }
        return found;
    }
}
