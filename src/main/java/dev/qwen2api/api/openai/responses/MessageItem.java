package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.openai.Citations;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import java.util.List;
import java.util.function.Supplier;

/** Words of the answer: a message with one part. */
final class MessageItem extends OutputItem {

    private final byte[] delta;
    private final Supplier<List<Source>> sources;
    private ArrayNode annotations = JSON.createArrayNode();

    /**
     * @param sources what the words may cite, as far as it is known; asked when the message ends
     */
    MessageItem(String id, int index, Supplier<List<Source>> sources, EventListener eventListener) {
        super(id, index, eventListener);
        this.sources = sources;
        this.delta = EventFrames.head("response.output_text.delta", withoutOdds(inside()));
    }

    private ObjectNode inside() {
        return place().put("content_index", 0);
    }

    /** The schema wants them, the upstream does not tell them. */
    private static ObjectNode withoutOdds(ObjectNode fields) {
        fields.putArray("logprobs");
        return fields;
    }

    private ObjectNode part() {
        ObjectNode part = JSON.createObjectNode().put("type", "output_text").put("text", text());
        part.set("annotations", annotations);
        return withoutOdds(part);
    }

    @Override
    ObjectNode json() {
        ObjectNode item = head("message").put("role", "assistant");
        ArrayNode content = item.putArray("content");
        if (!text().isEmpty()) {
            content.add(part());
        }
        return item;
    }

    @Override
    void addTo(MessageAssembler messageAssembler) {
        messageAssembler.message(Role.ASSISTANT, List.of(new Message.Text(text())));
    }

    @Override
    void opened() {
        event("response.content_part.added", inside().set("part", part()));
    }

    @Override
    void grew(String more) {
        delta(delta, more);
    }

    @Override
    void closing() {
        annotations = Citations.flat(text(), sources.get());
        int number = 0;
        for (JsonNode annotation : annotations) {
            event(
                    "response.output_text.annotation.added",
                    inside().put("annotation_index", number++).set("annotation", annotation));
        }
        event("response.output_text.done", withoutOdds(inside().put("text", text())));
        event("response.content_part.done", inside().set("part", part()));
    }
}
