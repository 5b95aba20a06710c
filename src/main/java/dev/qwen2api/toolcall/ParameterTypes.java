package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The types that a tool's schema gives its parameters: how a value that was written without quotes is to be read. */
final class ParameterTypes {

    private final Map<String, Set<String>> types = new HashMap<>();
    private final Set<String> required = new HashSet<>();

    /** The types of a tool without a schema. */
    static final ParameterTypes UNKNOWN = new ParameterTypes();

    private ParameterTypes() {}

    static ParameterTypes of(Tool tool) {
        ParameterTypes found = new ParameterTypes();
        String schema = LenientJson.repair(tool.parameters()).orElse("{}");
        SchemaReferences references = new SchemaReferences(schema);
        references.resolve(schema).ifPresent(root -> found.readAll(root, new SchemaTypes(references)));
        return found;
    }

    private void readAll(String schema, SchemaTypes schemaTypes) {
        String properties = JsonMembers.member(schema, "properties")
                .filter(JsonMembers::isObject)
                .orElse("{}");
        for (JsonMembers.Member property : JsonMembers.members(properties)) {
            Set<String> found = new HashSet<>(schemaTypes.of(property.value()));
            if (!found.isEmpty() && !found.contains("string")) {
                found.add("null");
            }
            types.put(property.key(), found);
        }
        required.addAll(
                JsonMembers.member(schema, "required").map(JsonMembers::texts).orElse(List.of()));
        required.retainAll(types.keySet());
    }

    /** Whether the tool has no parameters, or none that its schema names. */
    boolean isEmpty() {
        return types.isEmpty();
    }

    boolean knows(String parameter) {
        return types.containsKey(parameter);
    }

    /** The one parameter that a value of this type can only be meant for: the required one, or else the only. */
    Optional<String> only(String type) {
        List<String> fitting = types.keySet().stream()
                .filter(parameter -> allows(parameter, type))
                .toList();
        List<String> needed = fitting.stream().filter(required::contains).toList();
        List<String> few = needed.isEmpty() ? fitting : needed;
        return few.size() == 1 ? Optional.of(few.get(0)) : Optional.empty();
    }

    private boolean allows(String parameter, String type) {
        Set<String> allowed = types.getOrDefault(parameter, Set.of());
        return allowed.isEmpty() || allowed.contains(type);
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
        return JsonLiteral.read(value).filter(json -> allowed.contains(SchemaTypes.typeOf(json)));
    }
}
