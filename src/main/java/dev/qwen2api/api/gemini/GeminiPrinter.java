package dev.qwen2api.api.gemini;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.ClientRequest.BodyPrinter;
import dev.qwen2api.chat.AnswerEvent;

/** Prints an answer as one response of {@code generateContent}. Used by one thread. */
final class GeminiPrinter implements BodyPrinter {

    private final GeminiHead head;
    private final AnswerAccumulator answer = AnswerAccumulator.whole(GeminiHead.RULES);

    GeminiPrinter(GeminiHead head) {
        this.head = head;
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(answer);
    }

    @Override
    public byte[] body() {
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        answer.items().forEach(item -> add(item, parts));
        ObjectNode response = head.response(parts);
        GeminiHead.end(response, answer);
        return utf8(response.toString());
    }

    private void add(Item item, ArrayNode parts) {
        switch (item.type()) {
            case REASONING -> {
                if (head.thoughts()) {
                    parts.addObject().put("text", item.text()).put("thought", true);
                }
            }
            case TEXT, SEARCH -> parts.addObject().put("text", item.text());
            case TOOL_CALL -> GeminiHead.call(item, item.text()).ifPresent(parts::add);
        }
    }
}
