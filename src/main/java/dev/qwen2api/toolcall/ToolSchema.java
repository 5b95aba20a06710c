package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.toolcall.JsonMembers.Member;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes tools for a model: as a signature of one line, or as JSON without what only validators need. */
final class ToolSchema {

    private static final int LONGEST_DESCRIPTION = 60;
    private static final int LONGEST_TYPE = 80;
    private static final int MOST_DEPTH = 32;
    private static final int MOST_NESTED_TYPES = 2;
    private static final String ANY = "any";

    private static final Set<String> FOR_VALIDATORS = Set.of("$schema", "$id", "$comment");
    private static final Set<String> SCHEMAS_BY_NAME =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");
    private static final Set<String> SCHEMAS =
            Set.of("items", "prefixItems", "anyOf", "oneOf", "allOf", "not", "additionalProperties");

    private final SchemaReferences references;

    private ToolSchema(SchemaReferences references) {
        this.references = references;
    }

    /** {@code name(parameter: type, optional?: type) - what it does}, on one line. */
    static String signature(Tool tool) {
        String schema = LenientJson.repair(tool.parameters()).orElse("{}");
        String description = firstSentence(tool.description());
        SchemaReferences references = new SchemaReferences(schema);
        String root = references.resolve(schema).orElse("{}");
        return tool.name() + "(" + new ToolSchema(references).parameters(root, MOST_NESTED_TYPES) + ")"
                + (description.isEmpty() ? "" : " - " + description);
    }

    /** The whole definition as one line of JSON. */
    static String definition(Tool tool) {
        String description =
                tool.description().isEmpty() ? "" : ",\"description\":" + JsonMembers.quote(tool.description());
        String schema = LenientJson.repair(tool.parameters())
                .map(json -> compact(json, MOST_DEPTH))
                .orElse("{}");
        return "{\"name\":" + JsonMembers.quote(tool.name()) + description + ",\"parameters\":" + schema + "}";
    }

    private static String firstSentence(String description) {
        String line = description.strip().lines().findFirst().orElse("").strip();
        int end = line.indexOf(". ");
        String sentence = end > 0 ? line.substring(0, end) : line;
        if (sentence.length() <= LONGEST_DESCRIPTION) {
            return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        }
        int space = sentence.lastIndexOf(' ', LONGEST_DESCRIPTION);
        int cut = space > LONGEST_DESCRIPTION / 2 ? space : LONGEST_DESCRIPTION;
        boolean half = Character.isHighSurrogate(sentence.charAt(cut - 1));
        return sentence.substring(0, half ? cut - 1 : cut) + "…";
    }

    private String parameters(String schema, int depth) {
        Optional<String> properties = JsonMembers.member(schema, "properties").filter(JsonMembers::isObject);
        if (properties.isEmpty()) {
            return "";
        }
        Set<String> required = Set.copyOf(JsonMembers.member(schema, "required")
                .filter(JsonMembers::isArray)
                .map(JsonMembers::texts)
                .orElse(List.of()));
        return JsonMembers.members(properties.get()).stream()
                .map(property -> JsonMembers.escape(property.key()) + (required.contains(property.key()) ? "" : "?")
                        + ": " + type(property.value(), depth))
                .collect(Collectors.joining(", "));
    }

    private String type(String written, int depth) {
        String schema = references.resolve(written).orElse(ANY);
        if (!JsonMembers.isObject(schema)) {
            return ANY;
        }
        Optional<String> choices = JsonMembers.member(schema, "enum")
                .filter(JsonMembers::isArray)
                .map(values -> String.join("|", JsonMembers.elements(values)))
                .or(() -> JsonMembers.member(schema, "const"));
        if (choices.isPresent() && choices.get().length() <= LONGEST_TYPE) {
            return choices.get();
        }
        for (String union : List.of("anyOf", "oneOf")) {
            Optional<String> options = JsonMembers.member(schema, union).filter(JsonMembers::isArray);
            if (options.isPresent() && depth > 0) {
                return JsonMembers.elements(options.get()).stream()
                        .map(option -> type(option, depth - 1))
                        .distinct()
                        .collect(Collectors.joining("|"));
            }
        }
        Optional<String> parts = JsonMembers.member(schema, "allOf").filter(JsonMembers::isArray);
        if (parts.isPresent() && depth > 0) {
            return JsonMembers.elements(parts.get()).stream()
                    .map(part -> type(part, depth - 1))
                    .filter(part -> !part.equals(ANY))
                    .findFirst()
                    .orElse(ANY);
        }
        List<String> names = JsonMembers.member(schema, "type")
                .map(JsonMembers::texts)
                .filter(some -> !some.isEmpty())
                .orElse(List.of(ANY));
        return names.stream().map(name -> named(name, schema, depth)).collect(Collectors.joining("|"));
    }

    private String named(String name, String schema, int depth) {
        if (name.equals("array")) {
            String items = depth > 0 ? type(JsonMembers.member(schema, "items").orElse(""), depth - 1) : ANY;
            return items.contains("|") ? "(" + items + ")[]" : items + "[]";
        }
        String members = name.equals("object") && depth > 0 ? parameters(schema, depth - 1) : "";
        return members.isEmpty() ? name : "{" + members + "}";
    }

    /** The schema without the members that say nothing to a model; beyond a depth it stays as it is. */
    private static String compact(String schema, int depth) {
        if (!JsonMembers.isObject(schema) || depth == 0) {
            return schema;
        }
        return JsonMembers.members(schema).stream()
                .filter(member -> !FOR_VALIDATORS.contains(member.key())
                        && !(member.key().equals("additionalProperties")
                                && member.value().equals("false")))
                .map(member -> JsonMembers.quote(member.key()) + ":" + value(member, depth - 1))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String value(Member member, int depth) {
        String value = member.value();
        if (SCHEMAS_BY_NAME.contains(member.key()) && JsonMembers.isObject(value)) {
            return JsonMembers.members(value).stream()
                    .map(named -> JsonMembers.quote(named.key()) + ":" + compact(named.value(), depth))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (SCHEMAS.contains(member.key())) {
            return JsonMembers.isArray(value)
                    ? JsonMembers.elements(value).stream()
                            .map(option -> compact(option, depth))
                            .collect(Collectors.joining(",", "[", "]"))
                    : compact(value, depth);
        }
        return value;
    }
}
