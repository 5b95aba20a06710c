package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.JsonStringWriter;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.FramePrinter;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Prints an answer as the chunks of OpenAI's event stream. What is the same in all chunks is printed once and copied. Used by
 * one thread.
 */
public final class ChunkPrinter implements FramePrinter {

    private static final byte[] HEARTBEAT = ascii(": keep-alive\n");
    private static final byte[] DONE = ascii("data: [DONE]\n\n");
    private static final byte[] ROLE = ascii("\"role\":\"assistant\",");
    private static final byte[] CONTENT = ascii("\"content\":");
    private static final byte[] REASONING = ascii("\"reasoning_content\":");
    private static final byte[] SUFFIX = ascii("},\"logprobs\":null,\"finish_reason\":null}]}\n\n");

    private final byte[] prefix;
    private final byte[] head;
    private final boolean includeUsage;
    private final Body body = new Body();
    private AnswerEvent.@Nullable Usage usage;
    private boolean begun;

    public ChunkPrinter(CompletionHead completion, boolean includeUsage) {
        this.includeUsage = includeUsage;
        this.head = head(completion);
        this.prefix = join(head, ascii(",\"choices\":[{\"index\":0,\"delta\":{"));
    }

    private static byte[] head(CompletionHead completion) {
        return join(
                ascii("data: {\"id\":"),
                JsonStringWriter.quoted(completion.id()),
                ascii(",\"object\":\"chat.completion.chunk\",\"created\":"
                        + completion.created().getEpochSecond() + ",\"model\":"),
                JsonStringWriter.quoted(completion.model()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    @Override
    public void open(ByteArrayOutputStream out) {}

    @Override
    public void event(AnswerEvent event, ByteArrayOutputStream out) {
        body.out = out;
        event.accept(body);
    }

    @Override
    public void heartbeat(ByteArrayOutputStream out) {
        out.writeBytes(HEARTBEAT);
    }

    @Override
    public void fail(Problem problem, ByteArrayOutputStream out) {
        out.writeBytes(ascii("data: "));
        out.writeBytes(new ErrorCodec().print(problem));
        out.writeBytes(ascii("\n\n"));
    }

    /** The other chunks have no {@code usage}, not even {@code null}: OpenAI's schema allows an object alone. */
    @Override
    public void done(ByteArrayOutputStream out) {
        if (includeUsage && usage != null) {
            out.writeBytes(head);
            out.writeBytes(ascii(",\"choices\":[],\"usage\":" + CompletionUsage.json(usage) + "}\n\n"));
        }
        out.writeBytes(DONE);
    }

    /** One chunk, or none, per event. */
    private final class Body implements AnswerEvent.Visitor {

        private ByteArrayOutputStream out = new ByteArrayOutputStream(0);

        private void delta(byte[] name, String value) {
            begin();
            out.writeBytes(name);
            JsonStringWriter.quote(value, out);
            out.writeBytes(SUFFIX);
        }

        private void begin() {
            out.writeBytes(prefix);
            if (!begun) {
                begun = true;
                out.writeBytes(ROLE);
            }
        }

        @Override
        public void reasoning(AnswerEvent.Reasoning event) {
            delta(REASONING, event.text());
        }

        @Override
        public void text(AnswerEvent.Text event) {
            delta(CONTENT, event.text());
        }

        @Override
        public void toolCallOpened(AnswerEvent.ToolCallOpened event) {
            begin();
            out.writeBytes(ascii("\"tool_calls\":[{\"index\":" + event.index() + ",\"id\":"));
            JsonStringWriter.quote(event.id(), out);
            out.writeBytes(ascii(",\"type\":\"function\",\"function\":{\"name\":"));
            JsonStringWriter.quote(event.name(), out);
            out.writeBytes(ascii(",\"arguments\":\"\"}}]"));
            out.writeBytes(SUFFIX);
        }

        @Override
        public void toolCallArguments(AnswerEvent.ToolCallArguments event) {
            begin();
            out.writeBytes(ascii("\"tool_calls\":[{\"index\":" + event.index() + ",\"function\":{\"arguments\":"));
            JsonStringWriter.quote(event.json(), out);
            out.writeBytes(ascii("}}]"));
            out.writeBytes(SUFFIX);
        }

        @Override
        public void sources(AnswerEvent.Sources event) {}

        @Override
        public void usage(AnswerEvent.Usage event) {
            usage = event;
        }

        @Override
        public void finished(AnswerEvent.Finished event) {
            out.writeBytes(prefix);
            if (!begun) {
                begun = true;
                out.writeBytes(ascii("\"role\":\"assistant\",\"content\":\"\""));
            }
            String reason = FinishReason.of(event.reason());
            out.writeBytes(ascii("},\"logprobs\":null,\"finish_reason\":\"" + reason + "\"}]}\n\n"));
        }
    }
}
