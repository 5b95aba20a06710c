package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/** Looks ahead a bounded distance for the key of a member: text that a colon follows. */
final class JsonLookahead {

    /** Longest look-ahead. What is longer counts as a key, so that valid JSON is always read as it is. */
    static final int REACH = 200;

    private static final String OPENING_QUOTES = "\"'`\u201c";

    private JsonLookahead() {}

    static boolean isQuote(char c) {
        return OPENING_QUOTES.indexOf(c) >= 0;
    }

    /** The quote that ends what {@code quote} began. */
    static char closing(char quote) {
        return quote == '\u201c' ? '\u201d' : quote;
    }

    static boolean isNameStart(char c) {
        return Character.isLetter(c) || c == '_' || c == '$';
    }

    static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '-' || c == '.';
    }

    /** Whether a value without its comma may begin with {@code c}. */
    static MatchResult value(char c) {
        boolean starts = isQuote(c) || c == '{' || c == '[' || c == '-' || c >= '0' && c <= '9';
        return starts ? MatchResult.YES : MatchResult.NO;
    }

    /** Whether a key, quoted or not, begins at {@code from}. */
    static MatchResult key(TextBuffer textBuffer, int from) {
        if (from >= textBuffer.length()) {
            return textBuffer.outOfText(MatchResult.NO);
        }
        char c = textBuffer.charAt(from);
        if (isQuote(c)) {
            return quoted(textBuffer, from + 1, closing(c));
        }
        return isNameStart(c) ? plain(textBuffer, from) : MatchResult.NO;
    }

    private static MatchResult quoted(TextBuffer textBuffer, int from, char quote) {
        for (int i = from; i < from + REACH; i++) {
            if (i >= textBuffer.length()) {
                return textBuffer.outOfText(MatchResult.YES);
            }
            char c = textBuffer.charAt(i);
            if (c == quote) {
                return colon(textBuffer, i + 1);
            }
            if (c == '\\') {
                i++;
            }
        }
        return MatchResult.YES;
    }

    private static MatchResult plain(TextBuffer textBuffer, int from) {
        for (int i = from; i < from + REACH; i++) {
            if (i >= textBuffer.length()) {
                return textBuffer.outOfText(MatchResult.NO);
            }
            if (!isNamePart(textBuffer.charAt(i))) {
                return colon(textBuffer, i);
            }
        }
        return MatchResult.NO;
    }

    /** Whether a colon, or what stands for one, comes next; the end of the text may have cut it off. */
    static MatchResult colon(TextBuffer textBuffer, int from) {
        for (int i = from; i < from + REACH; i++) {
            if (i >= textBuffer.length()) {
                return textBuffer.outOfText(MatchResult.YES);
            }
            char c = textBuffer.charAt(i);
            if (!TextBuffer.isBlank(c)) {
                return c == ':' || c == '=' ? MatchResult.YES : MatchResult.NO;
            }
        }
        return MatchResult.YES;
    }

    /** Whether a comment of slashes begins at a position. */
    static MatchResult comment(TextBuffer textBuffer, int at) {
        if (textBuffer.charAt(at) != '/') {
            return MatchResult.NO;
        }
        if (at + 1 >= textBuffer.length()) {
            return textBuffer.outOfText(MatchResult.NO);
        }
        char next = textBuffer.charAt(at + 1);
        return next == '/' || next == '*' ? MatchResult.YES : MatchResult.NO;
    }
}
