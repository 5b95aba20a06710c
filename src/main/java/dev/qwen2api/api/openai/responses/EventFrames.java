package dev.qwen2api.api.openai.responses;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.JsonStringWriter;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a response's events as frames of an event stream, numbered without a gap; none without a stream. Used by one
 * thread.
 */
final class EventFrames {

    private @Nullable ByteArrayOutputStream out;
    private long number;

    /** Writes the next frames into {@code next}. */
    void to(ByteArrayOutputStream next) {
        out = next;
    }

    /** The part of a delta's frame that is the same for all deltas of one text: printed once, and copied. */
    static byte[] head(String type, ObjectNode fields) {
        String object = fields.toString();
        return utf8(opening(type) + object.substring(1, object.length() - 1) + ",\"delta\":");
    }

    /** An event about one item; its type and its number are added to {@code fields}. */
    void event(String type, ObjectNode fields) {
        event(type, fields.toString());
    }

    /** An event with the whole response object. */
    void response(String type, String body) {
        event(type, "{\"response\":" + body + "}");
    }

    private void event(String type, String object) {
        if (out != null) {
            out.writeBytes(
                    utf8(opening(type) + "\"sequence_number\":" + number++ + "," + object.substring(1) + "\n\n"));
        }
    }

    /**
     * More of a text, the most frequent event.
     *
     * @param head the frame up to the text, made by {@link #head}
     */
    void delta(byte[] head, String text) {
        if (out != null) {
            out.writeBytes(head);
            JsonStringWriter.quote(text, out);
            out.writeBytes(utf8(",\"sequence_number\":" + number++ + "}\n\n"));
        }
    }

    private static String opening(String type) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\",";
    }
}
