package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.openai.items.MessageAssembler;

/** Thinking, as a summary of one part. */
final class ReasoningItem extends OutputItem {

    private static final String PREFIX = "response.reasoning_summary_";

    private final byte[] delta;

    ReasoningItem(String response, Item item, EventFrames frames) {
        super(ItemIds.REASONING, response, item, frames);
        this.delta = EventFrames.head(PREFIX + "text.delta", inside());
    }

    private ObjectNode inside() {
        return place().put("summary_index", 0);
    }

    private ObjectNode part() {
        return JSON.createObjectNode().put("type", "summary_text").put("text", item.text());
    }

    @Override
    ObjectNode json() {
        ObjectNode reasoning = head("reasoning");
        ArrayNode summary = reasoning.putArray("summary");
        if (!item.text().isEmpty()) {
            summary.add(part());
        }
        return reasoning;
    }

    /** Thinking is no part of the conversation. */
    @Override
    void addTo(MessageAssembler messages) {}

    @Override
    void opened() {
        event(PREFIX + "part.added", inside().set("part", part()));
    }

    @Override
    void grew(String piece) {
        delta(delta, piece);
    }

    @Override
    void closing() {
        event(PREFIX + "text.done", inside().put("text", item.text()));
        event(PREFIX + "part.done", inside().set("part", part()));
    }
}
