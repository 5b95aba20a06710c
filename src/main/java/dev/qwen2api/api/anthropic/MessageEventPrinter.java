package dev.qwen2api.api.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.anthropic.ContentBlock.BlockType;
import dev.qwen2api.api.json.JsonStringWriter;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.FramePrinter;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Prints an answer as Anthropic's event stream. What is the same in all pieces of a block is printed once and copied. Used by
 * one thread.
 */
public final class MessageEventPrinter implements FramePrinter {

    private static final byte[] PING = utf8("event: ping\ndata: {\"type\":\"ping\"}\n\n");
    private static final byte[] END_OF_DELTA = utf8("}}\n\n");

    private final MessageHead head;
    private final Frames frames = new Frames();
    private final ContentBlockSequencer cutter;
    private boolean begun;

    public MessageEventPrinter(MessageHead head) {
        this.head = head;
        this.cutter = new ContentBlockSequencer(head, frames);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void open(ByteArrayOutputStream out) {
        if (!begun) {
            begun = true;
            ObjectNode message = MessagePrinter.message(head);
            message.putRawValue("usage", MessagePrinter.raw(MessageUsage.json(new Usage(head.inputTokens(), 0, 0, 0))));
            frame("message_start", ",\"message\":" + message, out);
        }
    }

    @Override
    public void event(AnswerEvent event, ByteArrayOutputStream out) {
        frames.out = out;
        event.accept(cutter);
    }

    /** Some clients insist on {@code message_start} as the first event; it says nothing that another account would change. */
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
    private static final class Frames implements ContentBlockSequencer.Blocks {

        private ByteArrayOutputStream out = new ByteArrayOutputStream(0);
        private BlockType blockType = BlockType.COMPLETE;
        private int index = -1;
        private byte[] delta = {};

        @Override
        public void start(ContentBlock contentBlock) {
            index++;
            blockType = contentBlock.kind();
            delta = delta(blockType.delta(), blockType.field());
            frame("content_block_start", ",\"index\":" + index + ",\"content_block\":" + contentBlock.head(), out);
        }

        private byte[] delta(String type, String field) {
            return utf8("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":" + index
                    + ",\"delta\":{\"type\":\"" + type + "\",\"" + field + "\":");
        }

        @Override
        public void more(String piece) {
            out.writeBytes(delta);
            JsonStringWriter.quote(piece, out);
            out.writeBytes(END_OF_DELTA);
        }

        @Override
        public void stop() {
            if (blockType == BlockType.THINKING) {
                delta = delta("signature_delta", "signature");
                more(ContentBlock.SIGNATURE);
            }
            frame("content_block_stop", ",\"index\":" + index, out);
        }

        @Override
        public void end(AnswerEvent.Finished end, Usage usage) {
            frame(
                    "message_delta",
                    ",\"delta\":" + StopReason.node(end) + ",\"usage\":" + MessageUsage.json(usage),
                    out);
        }
    }
}
