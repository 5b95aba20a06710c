package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.JsonStringWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes events as frames of an event stream, numbered without a gap. Used by one thread. */
final class EventFrames implements EventListener {

    private ByteArrayOutputStream out = new ByteArrayOutputStream(0);
    private long number;

    /** Where the next frames go. */
    void to(ByteArrayOutputStream next) {
        out = next;
    }

    /** The part of a delta's frame that is the same for all deltas of one text: printed once, and copied. */
    static byte[] head(String type, ObjectNode fields) {
        String object = fields.toString();
        return utf8(opening(type) + object.substring(1, object.length() - 1) + ",\"delta\":");
    }

    @Override
    public void event(String type, ObjectNode fields) {
        event(type, fields.toString());
    }

    /** As {@link #event(String, ObjectNode)}, of an object printed already. */
    void event(String type, String object) {
        out.writeBytes(utf8(opening(type) + "\"sequence_number\":" + number++ + "," + object.substring(1) + "\n\n"));
    }

    @Override
    public void delta(byte[] head, String text) {
        out.writeBytes(head);
        JsonStringWriter.quote(text, out);
        out.writeBytes(utf8(",\"sequence_number\":" + number++ + "}\n\n"));
    }

    private static String opening(String type) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\",";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
