package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/** What ends JSON from outside, though its braces are still open. */
enum JsonTerminator {
    /** Nothing: it ends with its last brace or with the text. */
    NONE,
    /** The mark that closes a call or opens the next, and the end of a fence. */
    CALL_MARKS;

    /** Longest stretch of blanks that is looked over. */
    private static final int REACH = 256;

    private static final String FENCE = "```";

    /** Most closing marks that may follow each other: of parameter, function, call and group. */
    private static final int MOST_MARKS = 4;

    /** Whether such a mark begins here, between the parts of JSON. */
    MatchResult here(TextBuffer textBuffer, int at) {
        if (this == NONE) {
            return MatchResult.NO;
        }
        if (textBuffer.charAt(at) == '`') {
            return textBuffer.startsWith(at, FENCE);
        }
        return switch (CallTagMatcher.at(textBuffer, at).type()) {
            case MORE -> MatchResult.MORE;
            case NONE, PARAMETER, PARAMETER_END -> MatchResult.NO;
            default -> MatchResult.YES;
        };
    }

    /**
     * Whether such a mark begins here, inside a string, and cannot belong to the string because nothing but the end of
     * the text or another call follows.
     */
    MatchResult last(TextBuffer textBuffer, int at) {
        if (this == NONE) {
            return MatchResult.NO;
        }
        if (textBuffer.charAt(at) == '`') {
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
        MatchResult fence = ownLine ? textBuffer.startsWith(at, FENCE) : MatchResult.NO;
        return fence == MatchResult.YES ? lastBehind(textBuffer, at + FENCE.length()) : fence;
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
