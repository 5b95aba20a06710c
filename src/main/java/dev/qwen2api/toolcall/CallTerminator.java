package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/** The marks around calls, and the end of a fence, as what ends JSON from outside. */
final class CallTerminator implements JsonTerminator {

    /** Longest stretch of blanks that is looked over. */
    private static final int REACH = 256;

    private static final int FENCE = 3;

    /** Most closing marks that may follow each other: of parameter, function, call and group. */
    private static final int MOST_MARKS = 4;

    @Override
    public MatchResult here(TextBuffer textBuffer, int at) {
        char c = textBuffer.charAt(at);
        if (c == '`') {
            return fence(textBuffer, at);
        }
        CallTag callTag = CallTagMatcher.at(textBuffer, at);
        return switch (callTag.type()) {
            case MORE -> MatchResult.MORE;
            case NONE, PARAMETER, PARAMETER_END -> MatchResult.NO;
            default -> MatchResult.YES;
        };
    }

    private static MatchResult fence(TextBuffer textBuffer, int at) {
        for (int i = at; i < at + FENCE; i++) {
            if (i >= textBuffer.length()) {
                return textBuffer.outOfText(MatchResult.NO);
            }
            if (textBuffer.charAt(i) != '`') {
                return MatchResult.NO;
            }
        }
        return MatchResult.YES;
    }

    @Override
    public MatchResult last(TextBuffer textBuffer, int at) {
        char c = textBuffer.charAt(at);
        if (c == '`') {
            return lastFence(textBuffer, at);
        }
        CallTag callTag = CallTagMatcher.at(textBuffer, at);
        if (callTag.type() == CallTag.TagType.MORE) {
            return MatchResult.MORE;
        }
        return callTag.closes() ? lastBehind(textBuffer, callTag.end()) : MatchResult.NO;
    }

    private static MatchResult lastFence(TextBuffer textBuffer, int at) {
        boolean ownLine = at > 0 && textBuffer.charAt(at - 1) == '\n';
        MatchResult fence = ownLine ? fence(textBuffer, at) : MatchResult.NO;
        return fence == MatchResult.YES ? lastBehind(textBuffer, at + FENCE) : fence;
    }

    /** Whether nothing follows but a few more closing marks and then the end, or a call on a line of its own. */
    private static MatchResult lastBehind(TextBuffer textBuffer, int behind) {
        int from = behind;
        for (int marks = 0; marks < MOST_MARKS; marks++) {
            int next = textBuffer.skipBlanks(from, from + REACH);
            if (next >= textBuffer.length()) {
                return textBuffer.outOfText(MatchResult.YES);
            }
            CallTag callTag = CallTagMatcher.at(textBuffer, next);
            if (callTag.type() == CallTag.TagType.MORE) {
                return MatchResult.MORE;
            }
            if (!callTag.closes()) {
                boolean ownLine = textBuffer.slice(from, next).indexOf('\n') >= 0;
                return callTag.opens() && ownLine ? MatchResult.YES : MatchResult.NO;
            }
            from = callTag.end();
        }
        return MatchResult.NO;
    }
}
