package dev.qwen2api.chat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The stable model names: each maps to the best current model of its class. */
enum ModelClass {
    MAX("qwen-max", "max", "qwen3.7-max"),
    PLUS("qwen-plus", "plus", "qwen3.7-plus"),
    TURBO("qwen-turbo", "flash|turbo", "qwen3.5-flash");

    private final String alias;
    private final Pattern family;
    private final String fallback;

    ModelClass(String alias, String kind, String fallback) {
        this.alias = alias;
        this.family =
                Pattern.compile("qwen-?(\\d+(?:\\.\\d+)*)?-(?:" + kind + ")(-preview)?(?:-\\d{4}-\\d{2}-\\d{2})?");
        this.fallback = fallback;
    }

    String alias() {
        return alias;
    }

    static Optional<ModelClass> ofAlias(String name) {
        return List.of(values()).stream()
                .filter(each -> each.alias.equals(name))
                .findFirst();
    }

    /**
     * The id of the best model: the newest generation, a finished one before a preview of the same class. Where the
     * catalogue has none of this class its first model serves, and without a catalogue a name known to have worked.
     */
    String best(List<Model> catalogue) {
        return catalogue.stream()
                .map(model -> family.matcher(model.id()))
                .filter(Matcher::matches)
                .max(Comparator.comparing((Matcher id) -> id.group(2) == null)
                        .thenComparing(ModelClass::version, Arrays::compare))
                .map(Matcher::group)
                .or(() -> catalogue.stream().map(Model::id).findFirst())
                .orElse(fallback);
    }

    /** The numbers of a version such as {@code 3.10}, which is newer than {@code 3.9}. */
    private static int[] version(Matcher id) {
        return id.group(1) == null
                ? new int[0]
                : Stream.of(id.group(1).split("\\."))
                        .mapToInt(ModelClass::number)
                        .toArray();
    }

    private static int number(String digits) {
        return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }
}
