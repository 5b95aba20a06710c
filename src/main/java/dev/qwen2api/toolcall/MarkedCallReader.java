package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.Optional;

/**
 * Reads what stands between the marks of calls, or in a fence: calls as JSON or as XML, with marks, commas and blanks between
 * them. The marks are given back if there was no call between them.
 */
final class MarkedCallReader implements TextReader {

    private final ReaderContext readerContext;

    /** Length of the fence around it; 0 for none. */
    private final int fence;

    private boolean marked;

    private final int callsAtStart;

    /** How many calls there were before the last thing that should have been one. */
    private int callsBefore;

    private boolean tried;

    private MarkedCallReader(ReaderContext readerContext, int fence, boolean marked) {
        this.readerContext = readerContext;
        this.fence = fence;
        this.marked = marked;
        this.callsAtStart = readerContext.out().calls();
        this.callsBefore = callsAtStart;
    }

    /** Reads on behind an opening mark. */
    static MarkedCallReader marked(ReaderContext readerContext) {
        return new MarkedCallReader(readerContext, 0, true);
    }

    /** Reads on in a fence, behind its head. */
    static MarkedCallReader fenced(ReaderContext readerContext, int length) {
        return new MarkedCallReader(readerContext, length, false);
    }

    /** Reads on in front of the mark that opens one function. */
    static MarkedCallReader unmarked(ReaderContext readerContext) {
        return new MarkedCallReader(readerContext, 0, false);
    }

    @Override
    public TextReader read() {
        TextBuffer textBuffer = readerContext.tape();
        textBuffer.skipBlanks();
        if (textBuffer.used()) {
            return textBuffer.ended() ? leave() : this;
        }
        char c = textBuffer.charAt(textBuffer.at());
        CallTag callTag = CallTagMatcher.at(textBuffer, textBuffer.at());
        if (callTag.kind() == CallTag.Kind.MORE) {
            return this;
        }
        if (callTag.kind() != CallTag.Kind.NONE) {
            return tag(callTag);
        }
        if (c == '{' || c == '[') {
            callsBefore = readerContext.out().calls();
            tried = true;
            return JsonCallReader.of(
                    readerContext, marked ? JsonCallReader.Place.MARKED : JsonCallReader.Place.FENCED, this);
        }
        if (c == '`') {
            return fence();
        }
        if (succeeded() && "}],;".indexOf(c) >= 0) {
            textBuffer.moveTo(textBuffer.at() + 1);
            textBuffer.drop();
            return this;
        }
        return marked ? named() : leave();
    }

    /** Whether the last thing that should have been a call was one. */
    private boolean succeeded() {
        return tried && readerContext.out().calls() > callsBefore;
    }

    private boolean hasCalled() {
        return readerContext.out().calls() > callsAtStart;
    }

    private TextReader tag(CallTag callTag) {
        return switch (callTag.kind()) {
            case OPEN -> {
                marked = true;
                yield passOver(callTag);
            }
            case SEPARATOR -> passOver(callTag);
            case FUNCTION -> function(callTag);
            case CLOSE, FUNCTION_END -> close(callTag);
            default -> leave();
        };
    }

    private TextReader passOver(CallTag callTag) {
        readerContext.tape().moveTo(callTag.end());
        return this;
    }

    private TextReader function(CallTag callTag) {
        Optional<Tool> tool = readerContext.tools().find(callTag.name());
        if (tool.isEmpty()) {
            readerContext.tape().moveTo(callTag.end());
            return leave();
        }
        callsBefore = readerContext.out().calls();
        tried = true;
        readerContext.tape().moveTo(callTag.end());
        return new FunctionTagReader(readerContext, tool.get(), this);
    }

    private TextReader close(CallTag callTag) {
        readerContext.tape().moveTo(callTag.end());
        if (!succeeded()) {
            return leave();
        }
        readerContext.tape().drop();
        return fence > 0 ? this : readerContext.prose();
    }

    /** Reads the line of a fence: the end of the one around, or one that the model put around the JSON between marks. */
    private TextReader fence() {
        TextBuffer textBuffer = readerContext.tape();
        int i = FenceHeader.runEnd(textBuffer, textBuffer.at());
        boolean closing = fence > 0;
        int end = i;
        while (!closing
                && end < textBuffer.length()
                && Character.isLetter(textBuffer.charAt(end))
                && end - i < FenceHeader.LONGEST_INFO) {
            end++;
        }
        if (end >= textBuffer.length() && !textBuffer.ended()) {
            return this;
        }
        if (i - textBuffer.at() < FenceHeader.SHORTEST) {
            return leave();
        }
        textBuffer.moveTo(end);
        if (!closing) {
            return this;
        }
        if (!hasCalled()) {
            return leave();
        }
        textBuffer.drop();
        return readerContext.prose();
    }

    /** Reads the bare name of a function in front of its arguments: {@code read_file {"path": "a"}}. */
    private TextReader named() {
        NamedArgumentsReader name = NamedArgumentsReader.at(readerContext);
        if (name.verdict() == MatchResult.MORE) {
            return this;
        }
        Optional<Tool> tool =
                name.verdict() == MatchResult.YES ? readerContext.tools().find(name.name()) : Optional.empty();
        if (tool.isEmpty()) {
            return leave();
        }
        callsBefore = readerContext.out().calls();
        tried = true;
        readerContext.tape().moveTo(name.end());
        return JsonCallReader.ofArguments(readerContext, tool.get(), this);
    }

    /** Goes back to prose: what comes is no call. */
    private TextReader leave() {
        boolean fenceStays = fence > 0 && hasCalled();
        readerContext.giveBack();
        if (fenceStays) {
            readerContext.code().openFence(fence);
        }
        return readerContext.prose();
    }
}
