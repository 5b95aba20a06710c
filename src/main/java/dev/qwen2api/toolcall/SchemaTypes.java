package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.JsonMembers.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The JSON types that parts of one schema allow: by {@code type}, {@code enum} and {@code const}, through
 * {@code anyOf}, {@code oneOf}, {@code allOf} and local references. An integer is a number here.
 */
final class SchemaTypes {

    private static final int MOST_DEPTH = 16;

    private final SchemaReferences references;
    private final Map<String, Set<String>> byReference = new HashMap<>();

    SchemaTypes(SchemaReferences references) {
        this.references = references;
    }

    /** The types that a schema allows; empty where it says nothing of them. */
    Set<String> of(String schema) {
        return of(schema, MOST_DEPTH);
    }

    private Set<String> of(String schema, int depth) {
        Set<String> found = new TreeSet<>();
        if (!JsonMembers.isObject(schema) || depth == 0) {
            return found;
        }
        List<Member> members = JsonMembers.members(schema);
        for (Member member : members) {
            switch (member.key()) {
                case "type" -> found.addAll(JsonMembers.texts(member.value()));
                case "anyOf", "oneOf" -> elements(member).forEach(option -> found.addAll(of(option, depth - 1)));
                case "$ref" -> found.addAll(referred(member.value(), depth - 1));
                default -> {}
            }
        }
        if (found.isEmpty()) {
            members.forEach(member -> found.addAll(implied(member)));
        }
        if (found.isEmpty()) {
            members.stream()
                    .filter(member -> member.key().equals("allOf"))
                    .forEach(member -> found.addAll(all(member, depth - 1)));
        }
        if (found.remove("integer")) {
            found.add("number");
        }
        return found;
    }

    private Set<String> referred(String reference, int depth) {
        Set<String> known = byReference.get(reference);
        if (known != null) {
            return known;
        }
        byReference.put(reference, Set.of());
        Set<String> found = (JsonMembers.isString(reference)
                        ? references.at(JsonMembers.unquote(reference))
                        : Optional.<String>empty())
                .map(schema -> of(schema, depth))
                .orElse(Set.of());
        byReference.put(reference, found);
        return found;
    }

    /** What all parts allow; parts that say nothing of types do not count. */
    private Set<String> all(Member allOf, int depth) {
        Set<String> common = new TreeSet<>();
        for (String part : elements(allOf)) {
            Set<String> types = of(part, depth);
            if (common.isEmpty()) {
                common.addAll(types);
            } else if (!types.isEmpty()) {
                common.retainAll(types);
            }
        }
        return common;
    }

    private static List<String> elements(Member member) {
        return JsonMembers.isArray(member.value()) ? JsonMembers.elements(member.value()) : List.of();
    }

    /** The types that a keyword allows without naming them. */
    private static Set<String> implied(Member member) {
        Set<String> found = new TreeSet<>();
        switch (member.key()) {
            case "enum" -> elements(member).forEach(value -> found.add(typeOf(value)));
            case "const" -> found.add(typeOf(member.value()));
            case "properties" -> found.add("object");
            case "items", "prefixItems" -> found.add("array");
            default -> {}
        }
        return found;
    }

    /** The type of a JSON value. */
    static String typeOf(String json) {
        return switch (json) {
            case "true", "false" -> "boolean";
            case "null" -> "null";
            default ->
                JsonMembers.isString(json)
                        ? "string"
                        : JsonMembers.isObject(json) ? "object" : JsonMembers.isArray(json) ? "array" : "number";
        };
    }
}
