package dev.qwen2api.api.gemini;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.AnswerAccumulator.ItemType;
import dev.qwen2api.api.json.ClientRequest.FramePrinter;
import dev.qwen2api.api.json.JsonStringWriter;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Prints an answer as the events of {@code streamGenerateContent}, each a response. Used by one thread. */
final class GeminiEventPrinter implements FramePrinter {

    private static final byte[] TEXT =
            utf8("data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":");
    private static final byte[] THOUGHT = utf8(",\"thought\":true");

    private final GeminiHead head;
    private final byte[] suffix;
    private final Responses responses = new Responses();
    private final AnswerAccumulator answer = new AnswerAccumulator(GeminiHead.RULES, false, responses);

    GeminiEventPrinter(GeminiHead head) {
        this.head = head;
        String model = new String(JsonStringWriter.quoted(head.model()), StandardCharsets.UTF_8);
        this.suffix =
                utf8("}]},\"index\":0}],\"modelVersion\":" + model + ",\"responseId\":\"" + head.id() + "\"}\n\n");
    }

    @Override
    public void event(AnswerEvent event, ByteArrayOutputStream out) {
        responses.out = out;
        event.accept(answer);
    }

    /** A response with an empty text: readers that cut a stream at blank lines lose what follows a comment. */
    @Override
    public void heartbeat(ByteArrayOutputStream out) {
        text("", false, out);
    }

    @Override
    public void fail(Problem problem, ByteArrayOutputStream out) {
        out.writeBytes(utf8("data: "));
        out.writeBytes(new GeminiErrors().print(problem));
        out.writeBytes(utf8("\n\n"));
    }

    private void text(String text, boolean thought, ByteArrayOutputStream out) {
        out.writeBytes(TEXT);
        JsonStringWriter.quote(text, out);
        if (thought) {
            out.writeBytes(THOUGHT);
        }
        out.writeBytes(suffix);
    }

    /** A call is sent when its arguments are complete; this dialect has no pieces of one. */
    private final class Responses implements AnswerAccumulator.Listener {

        private final StringBuilder arguments = new StringBuilder();
        private ByteArrayOutputStream out = new ByteArrayOutputStream(0);

        @Override
        public void grew(Item item, String piece) {
            switch (item.type()) {
                case REASONING -> {
                    if (head.thoughts()) {
                        text(piece, true, out);
                    }
                }
                case TEXT, SEARCH -> text(piece, false, out);
                case TOOL_CALL -> arguments.append(piece);
            }
        }

        @Override
        public void closed(Item item, boolean cutOff) {
            if (item.type() == ItemType.TOOL_CALL) {
                GeminiHead.call(item, arguments.toString())
                        .ifPresent(part -> frame(head.response(
                                JsonNodeFactory.instance.arrayNode().add(part))));
                arguments.setLength(0);
            }
        }

        @Override
        public void finished(AnswerEvent.Finished end) {
            ArrayNode parts = JsonNodeFactory.instance.arrayNode();
            parts.addObject().put("text", "");
            ObjectNode response = head.response(parts);
            GeminiHead.end(response, answer);
            frame(response);
        }

        private void frame(ObjectNode response) {
            out.writeBytes(utf8("data: " + response + "\n\n"));
        }
    }
}
