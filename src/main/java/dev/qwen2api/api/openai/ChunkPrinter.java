package dev.qwen2api.api.openai;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.AnswerAccumulator.ItemType;
import dev.qwen2api.api.json.ClientRequest.FramePrinter;
import dev.qwen2api.api.json.JsonStringWriter;
import dev.qwen2api.api.openai.Completion.CallFormat;
import dev.qwen2api.api.openai.items.CustomToolInput;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Prints an answer as the chunks of a streamed chat completion. What all chunks have in common is printed once and
 * copied. Used by one thread.
 */
public final class ChunkPrinter implements FramePrinter {

    private static final byte[] DONE = utf8("data: [DONE]\n\n");
    private static final byte[] ROLE = utf8("\"role\":\"assistant\",");
    private static final byte[] CONTENT = utf8("\"content\":");
    private static final byte[] REASONING = utf8("\"reasoning_content\":");
    private static final byte[] SUFFIX = utf8("},\"logprobs\":null,\"finish_reason\":null}]}\n\n");

    private static final byte[] SUFFIX_OF_CALL = utf8("}},\"logprobs\":null,\"finish_reason\":null}]}\n\n");
    private static final byte[] END_OF_ARGUMENTS = utf8("}}]},\"logprobs\":null,\"finish_reason\":null}]}\n\n");

    private final byte[] prefix;
    private final byte[] head;
    private final boolean includeUsage;
    private final Chunks chunks = new Chunks();
    private final CallFormat format;
    private final AnswerAccumulator answer;

    /**
     * @param includeUsage whether the last chunk tells the cost
     */
    public ChunkPrinter(Completion completion, boolean includeUsage) {
        this(completion, includeUsage, CallFormat.FUNCTIONS);
    }

    /**
     * @param format how tool calls are printed
     */
    ChunkPrinter(Completion completion, boolean includeUsage, CallFormat format) {
        this.format = format;
        this.answer = new AnswerAccumulator(format.rules(), false, chunks);
        this.includeUsage = includeUsage;
        this.head = head(completion);
        this.prefix = join(head, utf8(",\"choices\":[{\"index\":0,\"delta\":{"));
    }

    private static byte[] head(Completion completion) {
        return join(
                utf8("data: {\"id\":"),
                JsonStringWriter.quoted(completion.id()),
                utf8(",\"object\":\"chat.completion.chunk\",\"created\":"
                        + completion.created().getEpochSecond() + ",\"model\":"),
                JsonStringWriter.quoted(completion.model()));
    }

    private static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    @Override
    public void event(AnswerEvent event, ByteArrayOutputStream out) {
        chunks.out = out;
        event.accept(answer);
    }

    @Override
    public void heartbeat(ByteArrayOutputStream out) {
        chunks.out = out;
        chunks.empty();
    }

    @Override
    public void fail(Problem problem, ByteArrayOutputStream out) {
        out.writeBytes(utf8("data: "));
        out.writeBytes(new ErrorCodec().print(problem));
        out.writeBytes(utf8("\n\n"));
    }

    /** The other chunks have no {@code usage}, not even {@code null}: OpenAI's schema allows an object alone. */
    @Override
    public void done(ByteArrayOutputStream out) {
        if (includeUsage) {
            answer.usage().ifPresent(usage -> {
                out.writeBytes(head);
                out.writeBytes(utf8(",\"choices\":[],\"usage\":" + Completion.usage(usage) + "}\n\n"));
            });
        }
        out.writeBytes(DONE);
    }

    /** One chunk, or none, per event. */
    private final class Chunks implements AnswerAccumulator.Listener {

        private ByteArrayOutputStream out = new ByteArrayOutputStream(0);
        private boolean begun;
        /** What every piece of the arguments of the call at {@code call} begins with. */
        private byte[] arguments = {};

        private int call = -1;
        private final Map<Integer, StringBuilder> inputs = new HashMap<>();
        /** The text from its first bracket on, which may be a citation, and the length of the text before. */
        private final StringBuilder cited = new StringBuilder(0);

        private int uncited;

        @Override
        public void opened(Item item) {
            if (item.type() == ItemType.TOOL_CALL) {
                begin();
                call(item.call());
            }
        }

        private void call(AnswerEvent.ToolCallOpened opened) {
            boolean custom = format.isCustom(opened.name());
            if (format.legacy()) {
                out.writeBytes(utf8("\"function_call\":{\"name\":"));
            } else {
                String type = custom ? "custom" : "function";
                out.writeBytes(utf8("\"tool_calls\":[{\"index\":" + opened.index() + ",\"id\":"));
                JsonStringWriter.quote(opened.id(), out);
                out.writeBytes(utf8(",\"type\":\"" + type + "\",\"" + type + "\":{\"name\":"));
            }
            JsonStringWriter.quote(opened.name(), out);
            out.writeBytes(utf8(custom ? ",\"input\":\"\"" : ",\"arguments\":\"\""));
            out.writeBytes(utf8(format.legacy() ? "}" : "}}]"));
            out.writeBytes(SUFFIX);
            if (custom) {
                // The text of a custom tool is inside JSON until the call is complete.
                inputs.put(opened.index(), new StringBuilder());
            }
        }

        @Override
        public void closed(Item item, boolean cutOff) {
            if (item.type() != ItemType.TOOL_CALL) {
                return;
            }
            StringBuilder input = inputs.remove(item.call().index());
            if (input != null) {
                begin();
                byte[] name = utf8("\"tool_calls\":[{\"index\":" + item.call().index() + ",\"custom\":{\"input\":");
                delta(name, CustomToolInput.fromArguments(input.toString()), END_OF_ARGUMENTS);
            }
        }

        @Override
        public void grew(Item item, String piece) {
            if (item.type() == ItemType.TOOL_CALL
                    && inputs.containsKey(item.call().index())) {
                inputs.get(item.call().index()).append(piece);
                return;
            }
            begin();
            switch (item.type()) {
                case REASONING -> delta(REASONING, piece, SUFFIX);
                case TOOL_CALL ->
                    delta(arguments(item.call().index()), piece, format.legacy() ? SUFFIX_OF_CALL : END_OF_ARGUMENTS);
                case TEXT, SEARCH -> {
                    delta(CONTENT, piece, SUFFIX);
                    remember(piece);
                }
            }
        }

        private void remember(String piece) {
            if (cited.isEmpty() && piece.indexOf('[') < 0) {
                uncited += piece.length();
            } else {
                cited.append(piece);
            }
        }

        /**
         * Readers that cut a stream at blank lines lose what follows a comment, so a heartbeat is a chunk without
         * content.
         */
        private void empty() {
            out.writeBytes(prefix);
            if (!begun) {
                begun = true;
                out.writeBytes(utf8("\"role\":\"assistant\""));
            }
            out.writeBytes(SUFFIX);
        }

        private void begin() {
            out.writeBytes(prefix);
            if (!begun) {
                begun = true;
                out.writeBytes(ROLE);
            }
        }

        private void delta(byte[] name, String value, byte[] end) {
            out.writeBytes(name);
            JsonStringWriter.quote(value, out);
            out.writeBytes(end);
        }

        private byte[] arguments(int index) {
            if (call != index) {
                call = index;
                arguments = utf8(
                        format.legacy()
                                ? "\"function_call\":{\"arguments\":"
                                : "\"tool_calls\":[{\"index\":" + index + ",\"function\":{\"arguments\":");
            }
            return arguments;
        }

        @Override
        public void finished(AnswerEvent.Finished end) {
            out.writeBytes(prefix);
            if (!begun) {
                begun = true;
                out.writeBytes(utf8("\"role\":\"assistant\",\"content\":\"\""));
                out.writeBytes(utf8(answer.sources().isEmpty() ? "" : ","));
            }
            if (!answer.sources().isEmpty()) {
                String annotations = Citations.of(cited.toString(), uncited, answer.sources())
                        .toString();
                out.writeBytes(("\"annotations\":" + annotations).getBytes(StandardCharsets.UTF_8));
            }
            String reason = format.finishReason(end.reason());
            out.writeBytes(utf8("},\"logprobs\":null,\"finish_reason\":\"" + reason + "\"}]}\n\n"));
        }
    }
}
