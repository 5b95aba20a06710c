package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.openai.items.MessageAssembler;
import java.util.Locale;

/** Prints one item of a response: the events while it grows, and the item in each of its states. Used by one thread. */
abstract class OutputItem {

    static final JsonMapper JSON = new JsonMapper();

    final Item item;
    final String id;
    private final EventFrames frames;
    private Status status = Status.IN_PROGRESS;

    private enum Status {
        IN_PROGRESS,
        COMPLETED,
        INCOMPLETE
    }

    /**
     * @param prefix what the item's id begins with
     * @param response the id of the response
     */
    OutputItem(String prefix, String response, Item item, EventFrames frames) {
        this.id = ItemIds.item(prefix, response, item.index());
        this.item = item;
        this.frames = frames;
    }

    /** The item in its present state. */
    abstract ObjectNode json();

    /** Adds the item to a conversation. */
    abstract void addTo(MessageAssembler messages);

    /** Writes the events that follow the opening. */
    void opened() {}

    /** Writes the event of more text. */
    void grew(String piece) {}

    /** Writes the events that precede the closing. */
    abstract void closing();

    void open() {
        added();
        opened();
    }

    final void added() {
        event("response.output_item.added", whole());
    }

    final void close(boolean cutOff) {
        status = cutOff ? Status.INCOMPLETE : Status.COMPLETED;
        if (isShown()) {
            closing();
            event("response.output_item.done", whole());
        }
    }

    /** Whether the item may be sent as it is now. */
    boolean isShown() {
        return true;
    }

    /** Marks an open item as incomplete without an event: a client must not act on half an item. */
    final void cutOff() {
        status = status == Status.IN_PROGRESS ? Status.INCOMPLETE : status;
    }

    final boolean isComplete() {
        return status == Status.COMPLETED;
    }

    final boolean isOpen() {
        return status == Status.IN_PROGRESS;
    }

    private ObjectNode whole() {
        return JSON.createObjectNode().put("output_index", item.index()).set("item", json());
    }

    /** The fields that every item begins with. */
    final ObjectNode head(String type) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("type", type)
                .put("status", status.name().toLowerCase(Locale.ROOT));
    }

    /** The fields that every event about the inside of an item begins with. */
    final ObjectNode place() {
        return JSON.createObjectNode().put("item_id", id).put("output_index", item.index());
    }

    final void event(String type, ObjectNode fields) {
        frames.event(type, fields);
    }

    final void delta(byte[] head, String piece) {
        frames.delta(head, piece);
    }
}
