package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/**
 * Decides of the quotes inside one string whether they end it or belong to it. Models forget to escape quotes in code
 * and in speech; a quote ends the string only if what follows is how JSON would go on at this depth. In valid JSON that
 * is always so: there every verdict is {@link MatchResult#YES}.
 */
final class QuoteHeuristic {

    private final JsonNesting nesting;
    private final JsonTerminator stop;

    /** Whether some quote in this string was not escaped. */
    private boolean careless;

    /** What is still open at the point that is looked at: a prefix of the nesting. */
    private int depth;

    QuoteHeuristic(JsonNesting nesting, JsonTerminator stop) {
        this.nesting = nesting;
        this.stop = stop;
    }

    boolean careless() {
        return careless;
    }

    /** Whether the quote before {@code from} ends a value. */
    MatchResult endsValue(TextBuffer textBuffer, int from) {
        MatchResult ends = judge(textBuffer, from);
        careless |= ends == MatchResult.NO;
        return ends;
    }

    private MatchResult judge(TextBuffer textBuffer, int from) {
        int limit = from + JsonLookahead.REACH;
        boolean spaced = false;
        boolean newLine = false;
        depth = nesting.length();
        for (int at = from; depth > 0 && at < limit; at++) {
            if (at >= textBuffer.length()) {
                return textBuffer.outOfText(MatchResult.YES);
            }
            char c = textBuffer.charAt(at);
            if (TextBuffer.isBlank(c)) {
                spaced = true;
                newLine |= c == '\n';
            } else if (c == '}' || c == ']') {
                close(c);
            } else if (c == ',' || c == ';') {
                return afterComma(textBuffer, textBuffer.skipBlanks(at + 1, limit), limit);
            } else {
                return newLine && onlyEnvelopeOpen() ? MatchResult.YES : otherwise(textBuffer, at, spaced);
            }
        }
        return MatchResult.YES;
    }

    /** Closes what {@code bracket} belongs to; a bracket of the wrong kind is forgiven. */
    private void close(char bracket) {
        boolean list = inList();
        depth--;
        if (bracket == '}' && list && depth > 0) {
            depth--;
        }
    }

    private boolean inList() {
        return nesting.inList(depth);
    }

    /** Whether the arguments were closed: what comes on a new line then is words, and the last brace was forgotten. */
    private boolean onlyEnvelopeOpen() {
        return depth == 1 && nesting.length() > 1 && !careless;
    }

    private MatchResult afterComma(TextBuffer textBuffer, int next, int limit) {
        if (next >= limit) {
            return MatchResult.YES;
        }
        if (next >= textBuffer.length()) {
            return textBuffer.outOfText(MatchResult.YES);
        }
        char c = textBuffer.charAt(next);
        if (c == '}' || c == ']' || c == ',' || c == '#') {
            return MatchResult.YES;
        }
        if (c == '/') {
            return JsonLookahead.comment(textBuffer, next);
        }
        MatchResult stopped = stop.here(textBuffer, next);
        if (stopped != MatchResult.NO) {
            return stopped;
        }
        return inList() ? startsElement(c) : JsonLookahead.key(textBuffer, next);
    }

    private static MatchResult startsElement(char c) {
        boolean starts = JsonLookahead.isQuote(c) || "{[-+.tfnTFN".indexOf(c) >= 0 || Character.isDigit(c);
        return starts ? MatchResult.YES : MatchResult.NO;
    }

    /** What else may follow a value: the end of the JSON, a comment, or a member whose comma was forgotten. */
    private MatchResult otherwise(TextBuffer textBuffer, int at, boolean spaced) {
        char c = textBuffer.charAt(at);
        MatchResult stopped = stop.here(textBuffer, at);
        if (stopped != MatchResult.NO) {
            return stopped;
        }
        if (c == '/') {
            return JsonLookahead.comment(textBuffer, at);
        }
        if (!spaced || !JsonLookahead.isQuote(c)) {
            return spaced && c == '#' ? MatchResult.YES : MatchResult.NO;
        }
        return inList() ? MatchResult.YES : JsonLookahead.key(textBuffer, at);
    }
}
