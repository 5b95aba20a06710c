package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallTag.TagType;
import dev.qwen2api.toolcall.ReaderContext.TextReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the inside of {@code <function=name>}: parameters between tags, as Qwen's coder models write them, or one JSON
 * object. Text is passed on while it comes; a value of another type when it is complete.
 */
final class FunctionTagReader implements TextReader {

    private final ReaderContext context;
    private final String tool;

    /** Whether the tag is a call for certain, so that a text that ends right behind it is cut off. */
    private final boolean certain;

    private final TextReader next;
    private @Nullable ParameterValueReader value;
    private boolean opened;
    private boolean first = true;

    FunctionTagReader(ReaderContext context, String tool, boolean certain, TextReader next) {
        this.context = context;
        this.tool = tool;
        this.certain = certain;
        this.next = next;
    }

    @Override
    public TextReader read() {
        if (value != null) {
            StringBuilder json = new StringBuilder();
            boolean over = value.read(json);
            context.out().arguments(json.toString());
            if (over && value.cutOff()) {
                return context.cutOff();
            }
            if (!over) {
                return this;
            }
            first &= !value.written();
            value = null;
        }
        return between();
    }

    private TextReader between() {
        TextBuffer textBuffer = context.buffer();
        textBuffer.skipBlanks();
        if (textBuffer.used()) {
            return textBuffer.ended() ? endOfText() : this;
        }
        CallTag callTag = CallTagMatcher.at(textBuffer, textBuffer.at());
        return switch (callTag.type()) {
            case MORE -> this;
            case PARAMETER -> parameter(callTag);
            case PARAMETER_END -> {
                textBuffer.moveTo(callTag.end());
                yield this;
            }
            case FUNCTION_END, CLOSE -> {
                open();
                textBuffer.moveTo(callTag.type() == TagType.CLOSE ? textBuffer.at() : callTag.end());
                yield end();
            }
            default -> other(textBuffer);
        };
    }

    private TextReader other(TextBuffer textBuffer) {
        if (!opened && textBuffer.current() == '{') {
            return JsonCallReader.ofArguments(context, tool, next);
        }
        if (opened && CallTagMatcher.endsInCloser(textBuffer, textBuffer.at())) {
            textBuffer.moveTo(textBuffer.length());
            return endOfText();
        }
        boolean openTag = opened && CallTagMatcher.endsInTag(textBuffer, textBuffer.at());
        return openTag ? context.cutOff() : end();
    }

    /** A limit always cuts a call off here; otherwise only the closing tags are missing. */
    private TextReader endOfText() {
        boolean incomplete = opened ? context.buffer().truncatedHere() : certain;
        return incomplete ? context.cutOff() : end();
    }

    private void open() {
        if (!opened) {
            opened = true;
            context.out().open(tool);
        }
    }

    private TextReader parameter(CallTag callTag) {
        open();
        context.buffer().moveTo(callTag.end());
        ParameterTypes types = context.tools().types(tool);
        value = new ParameterValueReader(callTag.name(), first ? '{' : ',', types, context.buffer());
        return this;
    }

    /** Completes the call; without one, the text is left to the next reader. */
    private TextReader end() {
        if (opened) {
            context.out().arguments(first ? "{}" : "}");
            context.buffer().drop();
        }
        return next;
    }
}
