package dev.qwen2api.toolcall;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Follows the local references ({@code #/…}) of one JSON schema; each is looked up once, and only so many are. */
final class SchemaReferences {

    private static final int MOST_REFERENCES = 256;
    private static final int MOST_HOPS = 8;
    private static final int MOST_STEPS = 32;
    private static final Pattern INDEX = Pattern.compile("\\d{1,4}");

    private final String root;
    private final Map<String, Optional<String>> found = new HashMap<>();

    SchemaReferences(String root) {
        this.root = root;
    }

    /** The reference in a schema. */
    static Optional<String> in(String schema) {
        return JsonMembers.isObject(schema)
                ? JsonMembers.member(schema, "$ref")
                        .filter(JsonMembers::isString)
                        .map(JsonMembers::unquote)
                : Optional.empty();
    }

    /** The schema itself, or the one that it refers to; empty where that is not in this document. */
    Optional<String> resolve(String schema) {
        Optional<String> current = Optional.of(schema);
        Optional<String> reference = in(schema);
        for (int hops = 0; reference.isPresent() && hops < MOST_HOPS; hops++) {
            current = at(reference.get());
            reference = current.flatMap(SchemaReferences::in);
        }
        return reference.isPresent() ? Optional.empty() : current;
    }

    /** What a reference points to. */
    Optional<String> at(String reference) {
        if (!found.containsKey(reference) && found.size() >= MOST_REFERENCES) {
            return Optional.empty();
        }
        return found.computeIfAbsent(reference, this::find);
    }

    private Optional<String> find(String reference) {
        String[] steps = reference.split("/", -1);
        if (!steps[0].equals("#") || steps.length > MOST_STEPS) {
            return Optional.empty();
        }
        Optional<String> current = Optional.of(root);
        for (int i = 1; i < steps.length; i++) {
            String step = steps[i].replace("~1", "/").replace("~0", "~");
            current = current.flatMap(json -> child(json, step));
        }
        return current;
    }

    private static Optional<String> child(String json, String step) {
        if (JsonMembers.isObject(json)) {
            return JsonMembers.member(json, step);
        }
        List<String> elements =
                JsonMembers.isArray(json) && INDEX.matcher(step).matches() ? JsonMembers.elements(json) : List.of();
        return elements.stream()
                .skip(elements.isEmpty() ? 0 : Integer.parseInt(step))
                .findFirst();
    }
}
