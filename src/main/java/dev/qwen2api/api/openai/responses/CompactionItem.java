package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.openai.items.CompactionSummary;
import dev.qwen2api.api.openai.items.MessageAssembler;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import java.util.List;

/** The summary that replaces a conversation: the one item of its response, sent when it is complete. */
final class CompactionItem extends OutputItem {

    CompactionItem(String response, Item item, EventFrames frames) {
        super(ItemIds.COMPACTION, response, item, frames);
    }

    /** Whether an event belongs to a compaction: thinking and sources do not. */
    static boolean concerns(AnswerEvent event) {
        return event instanceof AnswerEvent.Text
                || event instanceof AnswerEvent.Usage
                || event instanceof AnswerEvent.Finished;
    }

    @Override
    ObjectNode json() {
        return json(id, item.text());
    }

    static ObjectNode json(String id, String summary) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("type", "compaction")
                .put("encrypted_content", CompactionSummary.encode(summary));
    }

    @Override
    void addTo(MessageAssembler messages) {
        String summary = CompactionSummary.forModel(CompactionSummary.encode(item.text()));
        messages.message(Role.USER, List.of(new Message.Text(summary)));
    }

    @Override
    void open() {}

    @Override
    void closing() {
        added();
    }
}
