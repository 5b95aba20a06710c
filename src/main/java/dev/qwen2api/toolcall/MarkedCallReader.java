package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallTag.TagType;
import dev.qwen2api.toolcall.ReaderContext.TextReader;
import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.Optional;

/**
 * Reads what stands between the marks of calls, or in a fence: calls as JSON or as XML, with marks, commas and blanks
 * between them. The marks are given back if there is something else between them, and dropped if there is nothing,
 * unless they stand within a line of words.
 */
final class MarkedCallReader implements TextReader {

    private final ReaderContext context;

    /** Length of the fence around it; 0 for none. */
    private final int fence;

    /** Whether the marks begin a line. */
    private final boolean ownLine;

    private boolean marked;

    private final int callsAtStart;

    /** How many calls there were before the last thing that should have been one. */
    private int callsBefore;

    private boolean tried;

    /** Whether nothing but marks was read since the last call. */
    private boolean onlyMarks;

    private MarkedCallReader(ReaderContext context, int fence, boolean marked) {
        this.context = context;
        this.fence = fence;
        this.marked = marked;
        this.onlyMarks = marked && fence == 0;
        this.ownLine = context.code().atLineStart();
        this.callsAtStart = context.out().calls();
        this.callsBefore = callsAtStart;
    }

    /** Reads on behind an opening mark. */
    static MarkedCallReader marked(ReaderContext context) {
        return new MarkedCallReader(context, 0, true);
    }

    /** Reads on in a fence, behind its head. */
    static MarkedCallReader fenced(ReaderContext context, FenceHeader head) {
        return new MarkedCallReader(context, head.length(), head.marked());
    }

    /** Reads on in front of the mark that opens one function. */
    static MarkedCallReader unmarked(ReaderContext context) {
        return new MarkedCallReader(context, 0, false);
    }

    @Override
    public TextReader read() {
        TextBuffer textBuffer = context.buffer();
        textBuffer.skipBlanks();
        if (textBuffer.used()) {
            return textBuffer.ended() ? endOfText() : this;
        }
        char c = textBuffer.current();
        CallTag callTag = CallTagMatcher.at(textBuffer, textBuffer.at());
        if (callTag.type() == TagType.MORE) {
            return this;
        }
        if (callTag.type() != TagType.NONE) {
            return tag(callTag);
        }
        if (c == '{' || c == '[' && !CallTagMatcher.endsInCloser(textBuffer, textBuffer.at())) {
            attempt();
            return JsonCallReader.of(context, marked, ownLine, this);
        }
        if (c == '`') {
            return fence();
        }
        if (succeeded() && "}],;".indexOf(c) >= 0) {
            textBuffer.advance();
            textBuffer.drop();
            return this;
        }
        return marked ? named() : leave();
    }

    private void attempt() {
        callsBefore = context.out().calls();
        tried = true;
        onlyMarks = false;
    }

    /** Whether the last thing that should have been a call was one. */
    private boolean succeeded() {
        return tried && context.out().calls() > callsBefore;
    }

    private boolean hasCalled() {
        return context.out().calls() > callsAtStart;
    }

    private TextReader tag(CallTag callTag) {
        return switch (callTag.type()) {
            case OPEN -> {
                marked = true;
                onlyMarks |= !tried || succeeded();
                yield passOver(callTag);
            }
            case SEPARATOR -> passOver(callTag);
            case FUNCTION -> function(callTag);
            case CLOSE, FUNCTION_END -> close(callTag);
            default -> leave();
        };
    }

    private TextReader passOver(CallTag callTag) {
        context.buffer().moveTo(callTag.end());
        return this;
    }

    private TextReader function(CallTag callTag) {
        Optional<String> tool = context.tools().callable(callTag.name());
        boolean offered = context.tools().find(callTag.name()).isPresent();
        context.buffer().moveTo(callTag.end());
        if (tool.isEmpty() || !offered && !marked && !ownLine) {
            return leave();
        }
        attempt();
        return new FunctionTagReader(context, tool.get(), marked || ownLine, this);
    }

    private TextReader close(CallTag callTag) {
        boolean empty = onlyMarks && !ownLine && !hasCalled();
        MatchResult endsLine = empty ? context.buffer().endsLine(callTag.end()) : MatchResult.YES;
        if (endsLine == MatchResult.MORE) {
            return this;
        }
        context.buffer().moveTo(callTag.end());
        if (endsLine == MatchResult.NO) {
            context.giveBack();
            return context.prose();
        }
        if (!succeeded() && !onlyMarks) {
            return leave();
        }
        context.buffer().drop();
        onlyMarks = false;
        return fence > 0 ? this : context.prose();
    }

    /**
     * Reads the line of a fence: the end of the one around, or one that the model put around the JSON between marks.
     */
    private TextReader fence() {
        TextBuffer textBuffer = context.buffer();
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
        return context.prose();
    }

    /** Reads the bare name of a function in front of its arguments: {@code read_file {"path": "a"}}. */
    private TextReader named() {
        NamedCall name = NamedCall.betweenMarks(context);
        if (name.verdict() == MatchResult.MORE) {
            return this;
        }
        Optional<String> tool =
                name.verdict() == MatchResult.YES ? context.tools().callable(name.tool()) : Optional.empty();
        if (tool.isEmpty()) {
            return leave();
        }
        attempt();
        context.buffer().moveTo(name.end());
        return JsonCallReader.ofArguments(context, tool.get(), this);
    }

    /**
     * A mark alone at the end of the text is the beginning of a call that was cut off, unless words stand before it.
     */
    private TextReader endOfText() {
        return onlyMarks && ownLine && !hasCalled() ? context.cutOff() : leave();
    }

    /** Goes back to prose: what comes is no call. */
    private TextReader leave() {
        boolean fenceStays = fence > 0 && hasCalled();
        TextBuffer textBuffer = context.buffer();
        if (hasCalled() && !textBuffer.used() && CallTagMatcher.endsInCloser(textBuffer, textBuffer.at())) {
            textBuffer.moveTo(textBuffer.length());
            textBuffer.drop();
        } else if (hasCalled() && onlyMarks) {
            textBuffer.drop();
        } else {
            if (marked) {
                context.out().markInWords();
            }
            context.giveBack();
        }
        if (fenceStays) {
            context.code().openFence(fence);
        }
        return context.prose();
    }
}
