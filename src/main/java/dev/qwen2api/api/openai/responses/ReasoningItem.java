package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Thinking, as a summary of one part. */
final class ReasoningItem extends OutputItem {

    private static final String PREFIX = "response.reasoning_summary_";

    private final byte[] delta;

    ReasoningItem(String id, int index, EventListener eventListener) {
        super(id, index, eventListener);
        this.delta = EventFrames.head(PREFIX + "text.delta", inside());
    }

    private ObjectNode inside() {
        return place().put("summary_index", 0);
    }

    private ObjectNode part() {
        return JSON.createObjectNode().put("type", "summary_text").put("text", text());
    }

    @Override
    ObjectNode json() {
        ObjectNode item = head("reasoning");
        ArrayNode summary = item.putArray("summary");
        if (!text().isEmpty()) {
            summary.add(part());
        }
        return item;
    }

    /** What was thought is not said. */
    @Override
    void addTo(MessageAssembler messageAssembler) {}

    @Override
    void opened() {
        event(PREFIX + "part.added", inside().set("part", part()));
    }

    @Override
    void grew(String more) {
        delta(delta, more);
    }

    @Override
    void closing() {
        event(PREFIX + "text.done", inside().put("text", text()));
        event(PREFIX + "part.done", inside().set("part", part()));
    }
}
