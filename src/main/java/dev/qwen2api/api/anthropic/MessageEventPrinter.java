package dev.qwen2api.api.anthropic;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.AnswerAccumulator.ItemType;
import dev.qwen2api.api.json.ClientRequest.FramePrinter;
import dev.qwen2api.api.json.JsonStringWriter;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;

/**
 * Prints an answer as Anthropic's event stream. What all deltas of a block have in common is printed once and copied.
 * Used by one thread.
 */
public final class MessageEventPrinter implements FramePrinter {

    private static final byte[] PING = utf8("event: ping\ndata: {\"type\":\"ping\"}\n\n");
    private static final byte[] END_OF_DELTA = utf8("}}\n\n");

    private final MessageHead head;
    private final AnswerAccumulator answer;
    private final Blocks blocks = new Blocks();
    private boolean begun;

    public MessageEventPrinter(MessageHead head) {
        this.head = head;
        this.answer = new AnswerAccumulator(head.rules(), false, blocks);
    }

    @Override
    public void open(ByteArrayOutputStream out) {
        if (!begun) {
            begun = true;
            ObjectNode message = head.message();
            message.putRawValue("usage", MessageHead.usage(new Usage(head.inputTokens(), 0, 0, 0)));
            frame("message_start", ",\"message\":" + message, out);
        }
    }

    @Override
    public void event(AnswerEvent event, ByteArrayOutputStream out) {
        blocks.out = out;
        event.accept(answer);
    }

    /**
     * Some clients insist on {@code message_start} as the first event; it holds nothing that another account would
     * change.
     */
    @Override
    public void heartbeat(ByteArrayOutputStream out) {
        open(out);
        out.writeBytes(PING);
    }

    @Override
    public void fail(Problem problem, ByteArrayOutputStream out) {
        out.writeBytes(utf8("event: error\ndata: "));
        out.writeBytes(new AnthropicErrors().print(problem));
        out.writeBytes(utf8("\n\n"));
    }

    @Override
    public void done(ByteArrayOutputStream out) {
        frame("message_stop", "", out);
    }

    private static void frame(String type, String fields, ByteArrayOutputStream out) {
        out.writeBytes(utf8("event: " + type + "\ndata: {\"type\":\"" + type + "\"" + fields + "}\n\n"));
    }

    /** The frames of blocks, numbered from 0. */
    private final class Blocks implements AnswerAccumulator.Listener {

        private ByteArrayOutputStream out = new ByteArrayOutputStream(0);
        private int index = -1;
        private byte[] delta = {};

        @Override
        public void opened(Item item) {
            if (item.type() == ItemType.SEARCH) {
                ContentBlock.search(head, item.sources()).forEach(this::whole);
                return;
            }
            start(ContentBlock.opened(item));
            delta = delta(ContentBlock.deltaType(item.type()), ContentBlock.deltaField(item.type()));
        }

        private void whole(ObjectNode block) {
            start(block);
            stop();
        }

        private void start(ObjectNode block) {
            index++;
            frame("content_block_start", ",\"index\":" + index + ",\"content_block\":" + block, out);
        }

        private void stop() {
            frame("content_block_stop", ",\"index\":" + index, out);
        }

        private byte[] delta(String type, String field) {
            return utf8("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":" + index
                    + ",\"delta\":{\"type\":\"" + type + "\",\"" + field + "\":");
        }

        private void write(byte[] start, String piece) {
            out.writeBytes(start);
            JsonStringWriter.quote(piece, out);
            out.writeBytes(END_OF_DELTA);
        }

        @Override
        public void grew(Item item, String piece) {
            write(delta, piece);
        }

        @Override
        public void closed(Item item, boolean cutOff) {
            if (item.type() == ItemType.REASONING) {
                write(delta("signature_delta", "signature"), ContentBlock.SIGNATURE);
            }
            if (item.type() != ItemType.SEARCH) {
                stop();
            }
        }

        @Override
        public void finished(AnswerEvent.Finished end) {
            frame(
                    "message_delta",
                    ",\"delta\":" + MessageHead.stop(end) + ",\"usage\":"
                            + MessageHead.usage(answer.cost()).rawValue(),
                    out);
        }
    }
}
