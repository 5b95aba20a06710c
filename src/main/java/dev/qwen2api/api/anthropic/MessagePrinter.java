package dev.qwen2api.api.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.qwen2api.api.anthropic.ContentBlock.BlockType;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.BodyPrinter;
import java.nio.charset.StandardCharsets;

/** Gathers an answer and prints it as one message. Used by one thread. */
public final class MessagePrinter implements BodyPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    private final Gathered gathered;
    private final ContentBlockSequencer cutter;

    public MessagePrinter(MessageHead head) {
        this.gathered = new Gathered(message(head));
        this.cutter = new ContentBlockSequencer(head, gathered);
    }

    /** A message without a word. */
    static ObjectNode message(MessageHead head) {
        ObjectNode message = JSON.createObjectNode()
                .put("id", head.id())
                .put("type", "message")
                .put("role", "assistant")
                .put("model", WellFormedText.text(head.model()));
        message.putArray("content");
        return message.putNull("stop_reason").putNull("stop_sequence");
    }

    static RawValue raw(String json) {
        return new RawValue(json);
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(cutter);
    }

    @Override
    public byte[] body() {
        return gathered.message.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The message as far as it was heard. */
    private static final class Gathered implements ContentBlockSequencer.Blocks {

        private final ObjectNode message;
        private final StringBuilder pieces = new StringBuilder();
        private ContentBlock contentBlock = ContentBlock.text();

        Gathered(ObjectNode message) {
            this.message = message;
        }

        @Override
        public void start(ContentBlock next) {
            contentBlock = next;
            pieces.setLength(0);
        }

        @Override
        public void more(String piece) {
            pieces.append(piece);
        }

        @Override
        public void stop() {
            fill(contentBlock.head(), WellFormedText.text(pieces.toString()));
            ((ArrayNode) message.get("content")).add(contentBlock.head());
        }

        private void fill(ObjectNode head, String content) {
            if (contentBlock.kind() == BlockType.TOOL_USE) {
                head.set("input", input(content));
            } else if (contentBlock.kind() != BlockType.COMPLETE) {
                head.put(contentBlock.kind().field(), content);
            }
            if (contentBlock.kind() == BlockType.THINKING) {
                head.put("signature", ContentBlock.SIGNATURE);
            }
        }

        /** Arguments that a limit cut short are no JSON, and clients take nothing but an object. */
        private static ObjectNode input(String arguments) {
            try {
                JsonNode input = JSON.readTree(arguments);
                return input instanceof ObjectNode object ? object : JSON.createObjectNode();
            } catch (JsonProcessingException cutShort) {
                return JSON.createObjectNode();
            }
        }

        @Override
        public void end(AnswerEvent.Finished end, Usage usage) {
            message.setAll(StopReason.node(end));
            message.putRawValue("usage", raw(MessageUsage.json(usage)));
        }
    }
}
