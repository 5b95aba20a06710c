package dev.qwen2api.api.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A field of a request with its path, which error messages name, such as {@code messages[2].content}. A JSON {@code
 * null} counts as absent.
 */
public final class RequestField {

    /** Where the field stands; paths are written only for messages, since a body may have a million fields. */
    private final @Nullable RequestField parent;

    private final String name;
    private final int index;
    private final JsonNode node;

    private RequestField(@Nullable RequestField parent, String name, int index, JsonNode node) {
        this.parent = parent;
        this.name = name;
        this.index = index;
        this.node = node;
    }

    public static RequestField root(JsonNode node) {
        return new RequestField(null, "", -1, node);
    }

    public RequestField get(String member) {
        return new RequestField(this, member, -1, node.path(member));
    }

    public boolean isPresent() {
        return !node.isMissingNode() && !node.isNull();
    }

    public boolean isText() {
        return node.isTextual();
    }

    public boolean isArray() {
        return node.isArray();
    }

    public boolean isObject() {
        return node.isObject();
    }

    /** Whether this is an object whose {@code type} is this one. */
    public boolean isOfType(String type) {
        return get("type").isText() && get("type").text().equals(type);
    }

    public String path() {
        if (parent == null) {
            return "";
        }
        String before = parent.path();
        return index >= 0 ? before + "[" + index + "]" : before.isEmpty() ? name : before + "." + name;
    }

    /** The value as compact JSON text. */
    public String json() {
        return node.toString();
    }

    public String text() {
        if (!node.isTextual()) {
            throw wrong("a string");
        }
        return WellFormedText.text(node.textValue());
    }

    /** A string that is not blank; {@code expected} says what it should be. */
    public String name(String expected) {
        String text = text();
        if (text.isBlank()) {
            throw wrong(expected);
        }
        return text;
    }

    public Optional<String> optionalText() {
        return isPresent() ? Optional.of(text()) : Optional.empty();
    }

    public Optional<Boolean> optionalFlag() {
        if (!isPresent()) {
            return Optional.empty();
        }
        if (!node.isBoolean()) {
            throw wrong("a boolean");
        }
        return Optional.of(node.booleanValue());
    }

    /** A whole number of at least {@code least}; numbers beyond an int are as good as the largest int. */
    public Optional<Integer> optionalCount(int least) {
        if (!isPresent()) {
            return Optional.empty();
        }
        boolean whole =
                node.isIntegralNumber() || node.isNumber() && node.doubleValue() == Math.rint(node.doubleValue());
        if (!whole || node.doubleValue() < least) {
            throw wrong("a whole number of at least " + least);
        }
        return Optional.of((int) Math.min(node.doubleValue(), Integer.MAX_VALUE));
    }

    /** Checks a number that has no effect here, as far as its type goes. */
    public void checkNumber() {
        if (isPresent() && !node.isNumber()) {
            throw wrong("a number");
        }
    }

    public List<RequestField> items() {
        if (!node.isArray()) {
            throw wrong("an array");
        }
        var items = new ArrayList<RequestField>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(new RequestField(this, "", i, node.get(i)));
        }
        return items;
    }

    /** The items of an array that may be absent. */
    public List<RequestField> optionalItems() {
        return isPresent() ? items() : List.of();
    }

    /** The names of an object's fields. */
    public List<String> names() {
        var names = new ArrayList<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Those of these fields that are present, as compact JSON text. */
    public Map<String, String> raw(List<String> fields) {
        var raw = new LinkedHashMap<String, String>();
        fields.stream()
                .filter(name -> get(name).isPresent())
                .forEach(name -> raw.put(name, get(name).json()));
        return raw;
    }

    public RequestField object() {
        if (!node.isObject()) {
            throw wrong("an object");
        }
        return this;
    }

    /** The refusal of a value that is not {@code expected}. */
    public ProblemException wrong(String expected) {
        String problem = isPresent() ? "must be " + expected : "is missing; it must be " + expected;
        return refused("'" + path() + "' " + problem + ".");
    }

    public ProblemException refused(String message) {
        return Problem.invalid(path(), message).toException();
    }
}
