package dev.qwen2api.toolcall;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;
import java.util.function.Supplier;

/**
 * Finds the calls in an answer's text and tells the next listener of them in place of the text. Words pass at once; held back
 * is only what may be the beginning of a call. A call of a tool that the client does not have, and whatever looked like a
 * call and is none, reaches the client as text, exactly as the model wrote it: nothing is lost, nothing comes twice.
 * Arguments always add up to one sound JSON object, mended where the model's was not. How the text is cut into events makes
 * no difference.
 *
 * <p>Events of other kinds pass at once, even while text is held back. An answer that {@link Reason#STOP stopped} after at
 * least one call ends with {@link Reason#TOOL_CALLS}; any other reason stays. Used by one thread.
 */
public final class ToolCallParser implements AnswerListener {

    private final AnswerListener next;
    private final TextBuffer textBuffer;
    private final ToolCallEmitter out;
    private TextReader textReader;

    /** The first half of a character of which the second is still to come; empty for none. */
    private String half = "";

    /**
     * Listens for calls of {@code tools}. Where none may be called the list is empty, and all text passes as text.
     *
     * @param ids names calls; asked once for each, in order
     */
    public ToolCallParser(List<Tool> tools, Supplier<String> ids, AnswerListener next) {
        this(tools, ids, next, new TextBuffer());
    }

    ToolCallParser(List<Tool> tools, Supplier<String> ids, AnswerListener next, TextBuffer textBuffer) {
        this.next = next;
        this.textBuffer = textBuffer;
        this.out = new ToolCallEmitter(ids, next);
        this.textReader = new ReaderContext(textBuffer, out, new ToolLookup(tools), new CodeSpanTracker()).prose();
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof AnswerEvent.Text text) {
            take(text.text());
        } else if (event instanceof AnswerEvent.Finished finished) {
            finish(finished.reason());
        } else {
            next.on(event);
        }
    }

    private void take(String text) {
        String whole = half + text;
        int length = whole.length();
        boolean cut = length > 0 && Character.isHighSurrogate(whole.charAt(length - 1));
        half = cut ? whole.substring(length - 1) : "";
        textBuffer.append(cut ? whole.substring(0, length - 1) : whole);
        readOn();
    }

    private void finish(Reason reason) {
        textBuffer.append(half);
        textBuffer.end();
        readOn();
        out.finish();
        boolean toCalls = reason == Reason.STOP && out.calls() > 0;
        next.on(new AnswerEvent.Finished(toCalls ? Reason.TOOL_CALLS : reason));
    }

    /** Lets readers read, each handing over to the next, until one can go no further without more text. */
    private void readOn() {
        int before;
        TextReader current;
        do {
            before = textBuffer.at();
            current = textReader;
            textReader = current.read();
        } while (textReader != current || textBuffer.at() != before);
    }
}
