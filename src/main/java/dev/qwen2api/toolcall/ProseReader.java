package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads words and passes them on at once; holds back only what may be the beginning of a call. */
final class ProseReader implements TextReader {

    private static final int MOST_BLANKS = 64;

    private final ReaderContext readerContext;

    ProseReader(ReaderContext readerContext) {
        this.readerContext = readerContext;
    }

    @Override
    public TextReader read() {
        TextBuffer textBuffer = readerContext.tape();
        while (!textBuffer.used()) {
            char c = textBuffer.charAt(textBuffer.at());
            TextReader next = readerContext.code().inCodeBefore(c) ? null : opening(c);
            if (next != null) {
                return next;
            }
            readerContext.code().feed(c);
            textBuffer.moveTo(textBuffer.at() + 1);
        }
        passOn();
        return this;
    }

    private void passOn() {
        readerContext.out().text(readerContext.tape().take());
    }

    /** Who reads what begins here; this reader if that cannot be told yet, null if it is words. */
    private @Nullable TextReader opening(char c) {
        boolean atLineStart = readerContext.code().atLineStart();
        return switch (c) {
            case '<', '#' -> mark();
            case '[' -> list(atLineStart);
            case '{' -> atLineStart ? handTo(new BareJsonReader(readerContext)) : null;
            case '`' -> atLineStart ? fence() : null;
            default -> atLineStart && LabelledCallReader.mayBeginWith(c) ? labels() : null;
        };
    }

    private TextReader handTo(TextReader next) {
        passOn();
        return next;
    }

    private @Nullable TextReader mark() {
        CallTag callTag =
                CallTagMatcher.at(readerContext.tape(), readerContext.tape().at());
        return switch (callTag.kind()) {
            case MORE -> handTo(this);
            case FUNCTION -> handTo(MarkedCallReader.unmarked(readerContext));
            case OPEN -> {
                passOn();
                readerContext.tape().moveTo(callTag.end());
                yield MarkedCallReader.marked(readerContext);
            }
            case CLOSE, FUNCTION_END, PARAMETER_END -> forgotten(callTag);
            default -> null;
        };
    }

    /** Passes over a closing mark right behind a call: its opening mark was forgotten, or it closes a group. */
    private @Nullable TextReader forgotten(CallTag callTag) {
        passOn();
        if (readerContext.out().calls() == 0 || !readerContext.out().noWordsYet()) {
            return null;
        }
        readerContext.tape().moveTo(callTag.end());
        readerContext.tape().drop();
        return this;
    }

    /** A mark in square brackets, or an array of calls. */
    private @Nullable TextReader list(boolean atLineStart) {
        TextReader marked = mark();
        if (marked != null || !atLineStart) {
            return marked;
        }
        TextBuffer textBuffer = readerContext.tape();
        int first = textBuffer.skipBlanks(textBuffer.at() + 1, textBuffer.at() + MOST_BLANKS);
        if (first >= textBuffer.length()) {
            return textBuffer.ended() ? null : handTo(this);
        }
        return textBuffer.charAt(first) == '{' ? handTo(new BareJsonReader(readerContext)) : null;
    }

    /** A fence of calls. One without a language may be anything; after words it is an example. */
    private @Nullable TextReader fence() {
        FenceHeader head = FenceHeader.at(readerContext.tape());
        if (head.verdict() == MatchResult.MORE) {
            return handTo(this);
        }
        passOn();
        boolean callsExpected = head.named() || readerContext.out().noWordsYet();
        if (head.verdict() == MatchResult.NO || !callsExpected) {
            return null;
        }
        readerContext.tape().moveTo(head.end());
        return MarkedCallReader.fenced(readerContext, head.length());
    }

    private @Nullable TextReader labels() {
        LabelledCallReader call = LabelledCallReader.at(readerContext);
        if (call.verdict() == MatchResult.MORE) {
            return handTo(this);
        }
        Optional<Tool> tool = readerContext.tools().find(call.tool());
        if (call.verdict() == MatchResult.NO || tool.isEmpty()) {
            return null;
        }
        passOn();
        readerContext.tape().moveTo(call.end());
        return JsonCallReader.ofArguments(readerContext, tool.get(), this);
    }
}
