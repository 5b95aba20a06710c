package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.openai.Citations;
import dev.qwen2api.api.openai.items.MessageAssembler;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import java.util.List;
import java.util.function.Supplier;

/** Text of the answer: a message with one part. */
final class MessageItem extends OutputItem {

    private final byte[] delta;
    private final Supplier<List<Source>> sources;
    private ArrayNode annotations = JSON.createArrayNode();

    /**
     * @param sources the sources known so far; read when the message ends
     */
    MessageItem(String response, Item item, Supplier<List<Source>> sources, EventFrames frames) {
        super(ItemIds.MESSAGE, response, item, frames);
        this.sources = sources;
        this.delta = EventFrames.head("response.output_text.delta", withLogprobs(inside()));
    }

    private ObjectNode inside() {
        return place().put("content_index", 0);
    }

    /** The schema requires the field; the upstream has no log probabilities. */
    private static ObjectNode withLogprobs(ObjectNode fields) {
        fields.putArray("logprobs");
        return fields;
    }

    private ObjectNode part() {
        ObjectNode part = JSON.createObjectNode().put("type", "output_text").put("text", item.text());
        part.set("annotations", annotations);
        return withLogprobs(part);
    }

    @Override
    ObjectNode json() {
        ObjectNode message = head("message").put("role", "assistant");
        ArrayNode content = message.putArray("content");
        if (!item.text().isEmpty()) {
            content.add(part());
        }
        return message;
    }

    @Override
    void addTo(MessageAssembler messages) {
        messages.message(Role.ASSISTANT, List.of(new Message.Text(item.text())));
    }

    @Override
    void opened() {
        event("response.content_part.added", inside().set("part", part()));
    }

    @Override
    void grew(String piece) {
        delta(delta, piece);
    }

    @Override
    void closing() {
        annotations = Citations.flat(item.text(), sources.get());
        int number = 0;
        for (JsonNode annotation : annotations) {
            event(
                    "response.output_text.annotation.added",
                    inside().put("annotation_index", number++).set("annotation", annotation));
        }
        event("response.output_text.done", withLogprobs(inside().put("text", item.text())));
        event("response.content_part.done", inside().set("part", part()));
    }
}
