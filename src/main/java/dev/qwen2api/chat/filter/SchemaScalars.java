package dev.qwen2api.chat.filter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Validates what a JSON schema says of one value alone: its type, its choices, its length, its range and its pattern.
 * Patterns run in bounded time. Used by one thread.
 */
final class SchemaScalars {

    /** Most characters that all patterns together may look at: some patterns take exponential time. */
    private static final int MOST_LOOKS = 2_000_000;

    /** A number of repetitions of something that may be empty, and then repeats without a look at the text. */
    private static final Pattern LOOP = Pattern.compile("(?<!]|\\.|\\\\[dDwWsSpPxN]|(?<!\\\\)[A-Za-z])\\{(\\d+)");

    private static final int MOST_LOOPS = 1000;

    private final Map<String, Optional<Regex>> patterns = new HashMap<>();
    private long looks;

    /**
     * A compiled pattern.
     *
     * @param loops most repetitions between two looks at the text; each counts as a look
     */
    private record Regex(Pattern pattern, int loops) {}

    @Nullable
    String check(JsonNode schema, JsonNode value, String path) {
        if (!isOfType(schema.path("type"), value)) {
            return path + " is not of the required type";
        }
        if (schema.has("const") && !same(schema.get("const"), value)
                || schema.path("enum").isArray() && !isOneOf(schema.get("enum"), value)) {
            return path + " is none of the allowed values";
        }
        if (value.isTextual()) {
            return text(schema, value.textValue(), path);
        }
        return value.isNumber() ? number(schema, value.doubleValue(), path) : null;
    }

    private static boolean isOfType(JsonNode type, JsonNode value) {
        if (!type.isArray()) {
            return !type.isTextual() || is(type.textValue(), value);
        }
        for (JsonNode each : type) {
            if (is(each.asText(), value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean is(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "number" -> value.isNumber();
            case "integer" ->
                value.isIntegralNumber() || value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
            default -> true;
        };
    }

    private static boolean isOneOf(JsonNode allowed, JsonNode value) {
        for (JsonNode each : allowed) {
            if (same(each, value)) {
                return true;
            }
        }
        return false;
    }

    /** 1 and 1.0 are the same number. */
    private static boolean same(JsonNode one, JsonNode other) {
        return one.equals(other) || one.isNumber() && other.isNumber() && one.doubleValue() == other.doubleValue();
    }

    /** Checks {@code min…} and {@code max…} of a length or a number of things. */
    static @Nullable String size(JsonNode schema, String things, int size, String path) {
        JsonNode least = schema.path("min" + things);
        JsonNode most = schema.path("max" + things);
        if (least.isNumber() && size < least.doubleValue()) {
            return path + " is shorter than allowed";
        }
        return most.isNumber() && size > most.doubleValue() ? path + " is longer than allowed" : null;
    }

    private @Nullable String text(JsonNode schema, String text, String path) {
        String fault = size(schema, "Length", text.codePointCount(0, text.length()), path);
        boolean matches = !schema.path("pattern").isTextual()
                || matches(schema.get("pattern").textValue(), text);
        return fault == null && !matches ? path + " does not match the pattern" : fault;
    }

    private static @Nullable String number(JsonNode schema, double number, String path) {
        JsonNode step = schema.path("multipleOf");
        boolean inRange = !(number < bound(schema, "minimum", Double.NEGATIVE_INFINITY))
                && !(number > bound(schema, "maximum", Double.POSITIVE_INFINITY))
                && (!schema.path("exclusiveMinimum").isNumber() || number > bound(schema, "exclusiveMinimum", 0))
                && (!schema.path("exclusiveMaximum").isNumber() || number < bound(schema, "exclusiveMaximum", 0));
        if (!inRange) {
            return path + " is out of range";
        }
        double times = step.isNumber() && step.doubleValue() > 0 ? number / step.doubleValue() : 0;
        return Math.abs(times - Math.rint(times)) > 1e-9 ? path + " is not a multiple of the step" : null;
    }

    private static double bound(JsonNode schema, String name, double otherwise) {
        return schema.path(name).isNumber() ? schema.get(name).doubleValue() : otherwise;
    }

    /** Whether the pattern occurs in the text; one that Java does not know, or that takes too long, does. */
    boolean matches(String regex, String text) {
        try {
            return patterns.computeIfAbsent(regex, SchemaScalars::compile)
                    .map(known -> known.pattern()
                            .matcher(new Bounded(text, known.loops()))
                            .find())
                    .orElse(true);
        } catch (TooLong | StackOverflowError costly) {
            return true;
        }
    }

    private static Optional<Regex> compile(String regex) {
        double loops = LOOP.matcher(regex)
                .results()
                .mapToDouble(count -> Math.max(1, Double.parseDouble(count.group(1))))
                .reduce(1, (product, count) -> product * count);
        try {
            return loops > MOST_LOOPS ? Optional.empty() : Optional.of(new Regex(Pattern.compile(regex), (int) loops));
        } catch (PatternSyntaxException unknown) {
            return Optional.empty();
        }
    }

    /** A pattern looked at too many characters. */
    private static final class TooLong extends RuntimeException {
        TooLong() {
            super("a pattern takes too long", null, false, false);
        }
    }

    /** Text that counts how often a pattern looks at it. */
    private final class Bounded implements CharSequence {

        private final CharSequence text;
        private final int loops;

        Bounded(CharSequence text, int loops) {
            this.text = text;
            this.loops = loops;
            look();
        }

        private void look() {
            looks += loops;
            if (looks > MOST_LOOKS) {
                throw new TooLong();
            }
        }

        @Override
        public char charAt(int index) {
            look();
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bounded(text.subSequence(start, end), loops);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
