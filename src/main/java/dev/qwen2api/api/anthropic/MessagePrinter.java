package dev.qwen2api.api.anthropic;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.ClientRequest.BodyPrinter;
import dev.qwen2api.chat.AnswerEvent;

/** Prints an answer as one message. Used by one thread. */
public final class MessagePrinter implements BodyPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    private final MessageHead head;
    private final AnswerAccumulator answer;

    public MessagePrinter(MessageHead head) {
        this.head = head;
        this.answer = AnswerAccumulator.whole(head.rules());
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(answer);
    }

    @Override
    public byte[] body() {
        ObjectNode message = head.message();
        ArrayNode content = (ArrayNode) message.get("content");
        answer.items().forEach(item -> add(item, content));
        message.setAll(MessageHead.stop(answer.end()));
        message.putRawValue("usage", MessageHead.usage(answer.cost()));
        return utf8(message.toString());
    }

    private void add(Item item, ArrayNode content) {
        switch (item.type()) {
            case REASONING ->
                content.add(ContentBlock.opened(item)
                        .put("thinking", item.text())
                        .put("signature", ContentBlock.SIGNATURE));
            case TEXT -> content.add(ContentBlock.opened(item).put("text", item.text()));
            case TOOL_CALL -> content.add(ContentBlock.opened(item).set("input", input(item.text())));
            case SEARCH -> content.addAll(ContentBlock.search(head, item.sources()));
        }
    }

    /** Arguments that a limit cut off are no JSON, and clients accept nothing but an object. */
    private static ObjectNode input(String arguments) {
        try {
            JsonNode input = JSON.readTree(arguments);
            return input instanceof ObjectNode object ? object : JSON.createObjectNode();
        } catch (JsonProcessingException cutOff) {
            return JSON.createObjectNode();
        }
    }
}
