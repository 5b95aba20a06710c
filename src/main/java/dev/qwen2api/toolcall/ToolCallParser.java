package dev.qwen2api.toolcall;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.toolcall.ReaderContext.TextReader;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds the calls in an answer's text and passes them on as events in place of the text. Words pass at once; only what
 * may be the beginning of a call is held back. What looked like a call and is none reaches the client as text, as the
 * model wrote it. Arguments add up to one valid JSON object, repaired where the model's was not; only a call that was
 * cut off stays open: its answer is requested again, or ends with {@link Reason#LENGTH}. How the text is cut into
 * events makes no difference.
 *
 * <p>Native calls of the upstream are passed on if their tools are offered, a thought that is nothing but a call as
 * that call. Other events pass at once, even while text is held back. An answer that {@link Reason#STOP stopped} after
 * at least one call ends with {@link Reason#TOOL_CALLS}; any other reason stays. Used by one thread.
 */
public final class ToolCallParser implements AnswerListener {

    private static final String ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 24;

    private final AnswerListener next;
    private final TextBuffer textBuffer;
    private final ReaderContext context;
    private final ToolCallEmitter out;
    private final NativeCallReader nativeCalls;
    private final ThoughtReader thoughts;
    private TextReader textReader;

    /** The first half of a character of which the second is still to come; empty for none. */
    private String half = "";

    /**
     * Creates a parser of one answer to a conversation.
     *
     * @param ids creates an id for each call, in order
     * @param retry requests the answer again if it is unusable
     */
    public ToolCallParser(Conversation conversation, Supplier<String> ids, AnswerRetry retry, AnswerListener next) {
        this(
                conversation.tools(),
                conversation.options().format().kind() != AnswerFormat.Kind.TEXT,
                new ToolCallEmitter(ids, conversation.options().mostCalls(), retry, next),
                next,
                new TextBuffer());
    }

    /**
     * Creates a parser of one answer that need not be JSON.
     *
     * @param tools the offered tools
     * @param ids creates an id for each call, in order
     * @param mostCalls calls after which the answer ends
     * @param retry requests the answer again if it is unusable
     */
    public ToolCallParser(
            List<Tool> tools, Supplier<String> ids, int mostCalls, AnswerRetry retry, AnswerListener next) {
        this(tools, false, new ToolCallEmitter(ids, mostCalls, retry, next), next, new TextBuffer());
    }

    ToolCallParser(List<Tool> tools, Supplier<String> ids, AnswerListener next, TextBuffer textBuffer) {
        this(tools, false, new ToolCallEmitter(ids, Integer.MAX_VALUE, AnswerRetry.NEVER, next), next, textBuffer);
    }

    private ToolCallParser(
            List<Tool> tools, boolean structured, ToolCallEmitter out, AnswerListener next, TextBuffer textBuffer) {
        ToolLookup lookup = new ToolLookup(tools);
        this.next = next;
        this.textBuffer = textBuffer;
        this.out = out;
        this.nativeCalls = new NativeCallReader(lookup, out);
        this.thoughts = new ThoughtReader(lookup, structured, next);
        this.context = new ReaderContext(textBuffer, out, lookup, structured, new CodeSpanTracker(), ProseReader::new);
        this.textReader = context.prose();
    }

    /** Creates ids for calls: {@code call_} and 24 random letters and digits, the form that OpenAI's clients know. */
    public static Supplier<String> callIds(Random random) {
        return () -> random.ints(ID_LENGTH, 0, ID_ALPHABET.length())
                .mapToObj(i -> ID_ALPHABET.substring(i, i + 1))
                .collect(Collectors.joining("", "call_", ""));
    }

    @Override
    public void on(AnswerEvent event) {
        if (out.over()) {
            return;
        }
        if (event instanceof Text text) {
            text(text.text());
        } else if (event instanceof Reasoning reasoning) {
            thoughts.read(reasoning);
        } else if (event instanceof ToolCallOpened opened) {
            nativeCalls.open(opened);
        } else if (event instanceof ToolCallArguments arguments) {
            nativeCalls.arguments(arguments);
        } else if (event instanceof AnswerEvent.Finished finished) {
            finish(finished);
        } else {
            next.on(event);
        }
    }

    private void text(String text) {
        thoughts.release();
        nativeCalls.finish();
        if (nativeCalls.any()) {
            out.end();
            return;
        }
        String words = nativeCalls.filter(text);
        if (nativeCalls.isMissingTool() && out.reject("the service refused a native call of an offered tool")) {
            return;
        }
        append(words);
    }

    private void append(String text) {
        String whole = half + text;
        int length = whole.length();
        boolean cut = length > 0 && Character.isHighSurrogate(whole.charAt(length - 1));
        half = cut ? whole.substring(length - 1) : "";
        textBuffer.append(cut ? whole.substring(0, length - 1) : whole);
        textReader = context.readOn(textReader);
    }

    private void finish(AnswerEvent.Finished finished) {
        out.ending(finished.reason());
        nativeCalls.finish();
        textBuffer.append(nativeCalls.rest() + half);
        textBuffer.end(finished.reason() == Reason.LENGTH);
        textReader = context.readOn(textReader);
        if (out.nothingYet() && finished.reason() == Reason.STOP) {
            thoughts.call().ifPresent(call -> out.call(call.name(), call.arguments()));
        }
        thoughts.release();
        out.finish(finished.reason());
    }
}
