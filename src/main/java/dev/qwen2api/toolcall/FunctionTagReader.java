package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import org.jspecify.annotations.Nullable;

/**
 * Reads the inside of {@code <function=name>}: parameters between tags, as Qwen's coder models write them, or one JSON object.
 * Text is passed on while it comes; a value of another type when it is complete.
 */
final class FunctionTagReader implements TextReader {

    private final ReaderContext readerContext;
    private final Tool tool;
    private final ParameterTypes types;
    private final TextReader next;
    private @Nullable ParameterValueReader value;
    private boolean opened;
    private boolean first = true;

    FunctionTagReader(ReaderContext readerContext, Tool tool, TextReader next) {
        this.readerContext = readerContext;
        this.tool = tool;
        this.types = ParameterTypes.of(tool);
        this.next = next;
    }

    @Override
    public TextReader read() {
        return value == null ? between() : value(value);
    }

    private TextReader between() {
        TextBuffer textBuffer = readerContext.tape();
        textBuffer.skipBlanks();
        if (textBuffer.used()) {
            return textBuffer.ended() ? end() : this;
        }
        CallTag callTag = CallTagMatcher.at(textBuffer, textBuffer.at());
        return switch (callTag.kind()) {
            case MORE -> this;
            case PARAMETER -> parameter(callTag);
            case PARAMETER_END -> {
                textBuffer.moveTo(callTag.end());
                yield this;
            }
            case FUNCTION_END -> {
                open();
                textBuffer.moveTo(callTag.end());
                yield end();
            }
            case CLOSE -> {
                open();
                yield end();
            }
            default -> {
                boolean json = !opened && textBuffer.charAt(textBuffer.at()) == '{';
                yield json ? JsonCallReader.ofArguments(readerContext, tool, next) : end();
            }
        };
    }

    private void open() {
        if (!opened) {
            opened = true;
            readerContext.out().open(tool);
        }
    }

    private TextReader parameter(CallTag callTag) {
        open();
        readerContext.tape().moveTo(callTag.end());
        value = new ParameterValueReader(callTag.name(), first ? '{' : ',', types, readerContext.tape());
        return this;
    }

    private TextReader value(ParameterValueReader current) {
        StringBuilder json = new StringBuilder();
        boolean over = current.read(json);
        readerContext.out().arguments(json.toString());
        first &= !current.written();
        value = over ? null : current;
        return over ? between() : this;
    }

    /** Completes the call; what was none is given back. */
    private TextReader end() {
        if (!opened) {
            return next;
        }
        readerContext.out().arguments(first ? "{}" : "}");
        readerContext.tape().drop();
        return next;
    }
}
