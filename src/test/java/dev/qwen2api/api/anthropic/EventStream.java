package dev.qwen2api.api.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An event stream as a client reads it, held to the rules that clients rely on. */
public final class EventStream {

    private static final JsonMapper JSON = new JsonMapper();

    private EventStream() {}

    /** The data of every event; each is named twice, and alike. */
    public static List<JsonNode> parse(String wire) {
        assertTrue(wire.endsWith("\n\n"), wire);
        return Arrays.stream(wire.split("\n\n")).map(EventStream::event).toList();
    }

    private static JsonNode event(String frame) {
        List<String> lines = frame.lines().toList();
        assertEquals(2, lines.size(), frame);
        JsonNode data = json(lines.get(1).substring("data: ".length()));
        assertEquals("event: " + data.path("type").asText(), lines.get(0));
        return data;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException broken) {
            throw new UncheckedIOException(text, broken);
        }
    }

    /**
     * A complete answer: one block at a time, counted from 0, each opened, filled and closed between start and stop.
     */
    public static void check(List<JsonNode> events) {
        int last = events.size() - 1;
        assertEquals("message_start", type(events.get(0)));
        assertEquals("message_delta", type(events.get(last - 1)));
        assertEquals("message_stop", type(events.get(last)));
        int index = -1;
        boolean open = false;
        for (JsonNode event : events.subList(1, last - 1)) {
            boolean starts = type(event).equals("content_block_start");
            assertNotEquals(starts, open, () -> "out of order: " + event);
            index += starts ? 1 : 0;
            assertEquals(index, event.path("index").asInt(-1), event::toString);
            open = !type(event).equals("content_block_stop");
        }
        assertEquals(false, open);
    }

    /** The message that a client puts together. */
    public static JsonNode together(List<JsonNode> events) {
        ObjectNode message = events.get(0).path("message").deepCopy();
        var inputs = new ArrayList<String>();
        for (JsonNode event : events) {
            switch (type(event)) {
                case "content_block_start" -> {
                    ((ArrayNode) message.path("content"))
                            .add(event.path("content_block").deepCopy());
                    inputs.add("");
                }
                case "content_block_delta" -> fill(message, event, inputs);
                case "message_delta" -> {
                    message.setAll((ObjectNode) event.path("delta"));
                    message.set("usage", event.path("usage"));
                }
                default -> {}
            }
        }
        for (int i = 0; i < inputs.size(); i++) {
            if (!inputs.get(i).isEmpty()) {
                ((ObjectNode) message.path("content").path(i)).set("input", json(inputs.get(i)));
            }
        }
        return message;
    }

    private static void fill(ObjectNode message, JsonNode event, List<String> inputs) {
        int index = event.path("index").asInt();
        var block = (ObjectNode) message.path("content").path(index);
        JsonNode delta = event.path("delta");
        String field = delta.path("type").asText().replaceAll("_delta$", "");
        if (field.equals("input_json")) {
            inputs.set(index, inputs.get(index) + delta.path("partial_json").asText());
        } else {
            assertTrue(block.path(field).isTextual(), event::toString);
            block.put(field, block.path(field).asText() + delta.path(field).asText());
        }
    }

    private static String type(JsonNode event) {
        return event.path("type").asText();
    }
}
