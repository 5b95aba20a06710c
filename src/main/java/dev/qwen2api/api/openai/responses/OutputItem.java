package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.WellFormedText;
import java.util.Locale;

/**
 * One item of a response: it is opened, grows, and is closed, each told to the frames; or it is cut off, of which the frames
 * are told nothing. Used by one thread.
 */
abstract sealed class OutputItem permits MessageItem, ReasoningItem, FunctionCallItem, CustomCallItem {

    static final JsonMapper JSON = new JsonMapper();

    private final String id;
    private final int index;
    private final EventListener eventListener;
    private final StringBuilder text = new StringBuilder();
    private Status status = Status.IN_PROGRESS;

    /** How far an item is. */
    enum Status {
        IN_PROGRESS,
        COMPLETED,
        INCOMPLETE;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    OutputItem(String id, int index, EventListener eventListener) {
        this.id = id;
        this.index = index;
        this.eventListener = eventListener;
    }

    /** The item as it is now. */
    abstract ObjectNode json();

    /** Adds what the item says to a conversation. */
    abstract void addTo(MessageAssembler messageAssembler);

    /** Tells what follows the opening. */
    abstract void opened();

    /** Tells of more text. */
    abstract void grew(String more);

    /** Tells what precedes the closing. */
    abstract void closing();

    final void open() {
        event(
                "response.output_item.added",
                JSON.createObjectNode().put("output_index", index).set("item", json()));
        opened();
    }

    final void grow(String more) {
        text.append(more);
        grew(more);
    }

    final void close(Status end) {
        status = end;
        closing();
        event(
                "response.output_item.done",
                JSON.createObjectNode().put("output_index", index).set("item", json()));
    }

    final void cutOff() {
        status = status == Status.IN_PROGRESS ? Status.INCOMPLETE : status;
    }

    final boolean isOpen() {
        return status == Status.IN_PROGRESS;
    }

    /** Everything that the item says so far. */
    final String text() {
        return WellFormedText.text(text.toString());
    }

    /** What every kind of item begins with. */
    final ObjectNode head(String type) {
        return JSON.createObjectNode().put("id", id).put("type", type).put("status", status.wire());
    }

    /** What every event about the inside of an item begins with. */
    final ObjectNode place() {
        return JSON.createObjectNode().put("item_id", id).put("output_index", index);
    }

    final void event(String type, ObjectNode fields) {
        eventListener.event(type, fields);
    }

    final void delta(byte[] head, String more) {
        eventListener.delta(head, more);
    }
}
