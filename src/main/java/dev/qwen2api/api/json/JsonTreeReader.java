package dev.qwen2api.api.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.failure.Problem;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Builds the tree of one JSON object and reserves memory for its nodes before they exist. A tree of tiny values takes
 * a hundred times the bytes that it was written in. Used by one thread.
 */
final class JsonTreeReader {

    /**
     * Bytes of heap per node, with what the dialects make of it: an object with its map, an array, a member of an
     * object, a text without its characters, and any other value. Measured on Java 17, rounded up.
     */
    private static final int OBJECT = 200;

    private static final int ARRAY = 120;
    private static final int MEMBER = 60;
    private static final int TEXT = 100;
    private static final int OTHER = 40;

    /** Reservations are made in steps, so that few nodes have to wait for a lock. */
    private static final int STEP = 8 << 10;

    private final JsonParser parser;
    private final TreeMemory memory;
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;
    private final Deque<JsonNode> open = new ArrayDeque<>();
    private @Nullable String name;
    private long unreserved;

    JsonTreeReader(JsonParser parser, TreeMemory memory) {
        this.parser = parser;
        this.memory = memory;
    }

    /** Reads the object whose first token is the parser's current one. */
    ObjectNode object() throws IOException {
        ObjectNode root = nodes.objectNode();
        open.push(root);
        while (!open.isEmpty()) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.FIELD_NAME) {
                count(MEMBER);
                name = parser.currentName();
            } else if (token.isStructEnd()) {
                open.pop();
            } else {
                add(value(token));
            }
        }
        memory.reserve(unreserved);
        return root;
    }

    private JsonNode value(JsonToken token) throws IOException {
        switch (token) {
            case START_OBJECT -> {
                count(OBJECT);
                return nodes.objectNode();
            }
            case START_ARRAY -> {
                count(ARRAY);
                return nodes.arrayNode();
            }
            case VALUE_STRING -> {
                count(TEXT);
                return nodes.textNode(parser.getText());
            }
            default -> {
                count(OTHER);
                return scalar(token);
            }
        }
    }

    private JsonNode scalar(JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            case VALUE_NULL -> nodes.nullNode();
            case VALUE_NUMBER_FLOAT -> number();
            default -> integer();
        };
    }

    /** JSON knows numbers beyond those of the machine, which cannot be printed again. */
    private JsonNode number() throws IOException {
        double number = parser.getDoubleValue();
        if (Double.isInfinite(number)) {
            String path = path(parser.getParsingContext());
            throw Problem.invalid(path, "'" + path + "' is a number beyond 1.8e308, the largest that is read here.")
                    .toException();
        }
        return nodes.numberNode(number);
    }

    private static String path(@Nullable JsonStreamContext at) {
        if (at == null || at.inRoot()) {
            return "";
        }
        String before = path(at.getParent());
        if (at.inArray()) {
            return before + "[" + at.getCurrentIndex() + "]";
        }
        return before.isEmpty() ? at.getCurrentName() : before + "." + at.getCurrentName();
    }

    private JsonNode integer() throws IOException {
        return switch (parser.getNumberType()) {
            case INT -> nodes.numberNode(parser.getIntValue());
            case LONG -> nodes.numberNode(parser.getLongValue());
            default -> nodes.numberNode(parser.getBigIntegerValue());
        };
    }

    private void add(JsonNode value) {
        JsonNode parent = open.peek();
        if (parent instanceof ArrayNode array) {
            array.add(value);
        } else if (parent instanceof ObjectNode object && name != null) {
            object.set(name, value);
        }
        if (value.isContainerNode()) {
            open.push(value);
        }
    }

    private void count(int bytes) {
        unreserved += bytes;
        if (unreserved >= STEP) {
            memory.reserve(unreserved);
            unreserved = 0;
        }
    }
}
