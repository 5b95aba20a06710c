package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallTag.TagType;
import dev.qwen2api.toolcall.ReaderContext.TextReader;
import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import org.jspecify.annotations.Nullable;

/** Reads words and passes them on at once; holds back only what may be the beginning of a call. */
final class ProseReader implements TextReader {

    private static final int MOST_BLANKS = 64;

    private final ReaderContext context;

    ProseReader(ReaderContext context) {
        this.context = context;
    }

    @Override
    public TextReader read() {
        TextBuffer textBuffer = context.buffer();
        while (!textBuffer.used()) {
            char c = textBuffer.current();
            TextReader next = context.code().inCodeBefore(c) ? openingInCode(c) : opening(c);
            if (next != null) {
                return next;
            }
            context.code().feed(c);
            textBuffer.advance();
        }
        passOn();
        return this;
    }

    private void passOn() {
        context.out().text(context.buffer().take());
    }

    /** The reader of what begins here; this reader if that depends on more text, null if it is words. */
    private @Nullable TextReader opening(char c) {
        boolean atLineStart = context.code().atLineStart();
        return switch (c) {
            case '<', '#' -> mark();
            case '[' -> list(atLineStart);
            case '{' -> atLineStart ? bareJson() : null;
            case '`' -> atLineStart ? fence() : null;
            default -> atLineStart ? line(c) : null;
        };
    }

    /** The reader of a mark that begins a line of a fence: it is a call if the fence is never closed. */
    private @Nullable TextReader openingInCode(char c) {
        boolean mayBegin = (c == '<' || c == '[' || c == '#')
                && context.code().inFence()
                && context.code().atLineStart();
        CallTag callTag =
                mayBegin ? CallTagMatcher.at(context.buffer(), context.buffer().at()) : CallTag.NONE;
        if (callTag.type() == TagType.MORE) {
            return handTo(this);
        }
        return callTag.opens() ? handTo(FencedTextReader.within(context)) : null;
    }

    private TextReader handTo(TextReader next) {
        passOn();
        return next;
    }

    private TextReader bareJson() {
        passOn();
        return new BareJsonReader(context);
    }

    private @Nullable TextReader mark() {
        CallTag callTag = CallTagMatcher.at(context.buffer(), context.buffer().at());
        return switch (callTag.type()) {
            case MORE -> handTo(this);
            case FUNCTION -> handTo(MarkedCallReader.unmarked(context));
            case OPEN -> {
                passOn();
                context.buffer().moveTo(callTag.end());
                yield MarkedCallReader.marked(context);
            }
            case CLOSE, FUNCTION_END, PARAMETER_END -> strayCloser(callTag);
            case RESULT -> played(context.out().calls() > 0 ? MatchResult.YES : MatchResult.NO);
            default -> null;
        };
    }

    /** Drops a closing mark that nothing opened: right behind a call, or with nothing behind it on its line. */
    private @Nullable TextReader strayCloser(CallTag callTag) {
        TextBuffer textBuffer = context.buffer();
        int behind = callTag.end();
        passOn();
        boolean behindCall = context.out().calls() > 0 && context.out().noWordsYet();
        if (!behindCall && behind >= textBuffer.length() && !textBuffer.ended()) {
            return this;
        }
        boolean endsLine = behind >= textBuffer.length() || "\r\n".indexOf(textBuffer.charAt(behind)) >= 0;
        boolean stray = callTag.type() == TagType.CLOSE && endsLine;
        if (!behindCall && (context.out().closesMarkInWords() || !stray)) {
            return null;
        }
        textBuffer.moveTo(behind);
        textBuffer.drop();
        return this;
    }

    /** Ends the answer where the model begins to write for others. */
    private @Nullable TextReader played(MatchResult found) {
        if (found == MatchResult.NO) {
            return null;
        }
        passOn();
        if (found == MatchResult.YES) {
            context.out().end();
        }
        return this;
    }

    /** A mark in square brackets, or an array of calls. */
    private @Nullable TextReader list(boolean atLineStart) {
        TextReader marked = mark();
        if (marked != null || !atLineStart) {
            return marked;
        }
        TextBuffer textBuffer = context.buffer();
        int first = textBuffer.skipBlanks(textBuffer.at() + 1, textBuffer.at() + MOST_BLANKS);
        if (first >= textBuffer.length()) {
            return textBuffer.ended() ? null : handTo(this);
        }
        return textBuffer.charAt(first) == '{' ? bareJson() : null;
    }

    /** A fence of calls. One without a language may be anything; after words it is an example. */
    private @Nullable TextReader fence() {
        FenceHeader head = FenceHeader.at(context.buffer());
        if (head.verdict() == MatchResult.MORE) {
            return handTo(this);
        }
        passOn();
        boolean callsExpected = !head.language().isEmpty() || context.out().noWordsYet();
        if (head.verdict() == MatchResult.NO || !callsExpected) {
            return null;
        }
        if (head.mayBeExample()) {
            return FencedTextReader.whole(context);
        }
        context.buffer().moveTo(head.end());
        return MarkedCallReader.fenced(context, head);
    }

    /** A call in labelled lines, or the beginning of somebody else's turn. */
    private @Nullable TextReader line(char c) {
        if (PlayedTurn.mayBeginWith(c)) {
            passOn();
            boolean afterCall = context.out().calls() > 0 && context.out().noWordsYet();
            TextReader played = played(PlayedTurn.at(context.buffer(), afterCall));
            if (played != null) {
                return played;
            }
        }
        return NamedCall.mayBeginLabels(c) ? labels() : null;
    }

    private @Nullable TextReader labels() {
        NamedCall call = NamedCall.labelled(context);
        if (call.verdict() == MatchResult.MORE) {
            return handTo(this);
        }
        if (call.verdict() == MatchResult.NO) {
            return null;
        }
        passOn();
        context.buffer().moveTo(call.end());
        return JsonCallReader.ofArguments(context, call.tool(), this);
    }
}
