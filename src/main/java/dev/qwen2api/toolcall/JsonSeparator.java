package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/**
 * Collects what stands between two values: blanks, a comma, a key with its colon. It is written only once the next
 * value begins, for a comma before a bracket and a key without a value must not be written at all. Comments are
 * skipped.
 */
final class JsonSeparator {

    private static final int NO_COMMA = -1;

    private final StringBuilder beforeKey = new StringBuilder();
    private final StringBuilder key = new StringBuilder();
    private int comma = NO_COMMA;

    /** Whether a comment is open, whether it is one of {@code /*}, and whether its last character was a star. */
    private boolean inComment;

    private boolean block;
    private boolean starred;

    void blank(char c) {
        (hasKey() ? key : beforeKey).append(c);
    }

    void comma() {
        comma = beforeKey.length();
        beforeKey.append(',');
    }

    void forgottenComma() {
        comma = 0;
        beforeKey.insert(0, ',');
    }

    /** The key, quotes, colon and blanks included. */
    StringBuilder key() {
        return key;
    }

    boolean hasKey() {
        return key.length() > 0;
    }

    /** Writes all of it: a value follows. */
    void writeTo(StringBuilder out) {
        out.append(beforeKey).append(key);
        clear();
    }

    /** Writes what may stand before a closing bracket: no trailing comma, and null where a key lacks its value. */
    void writeEndTo(StringBuilder out, boolean valueMissing) {
        if (hasKey() && valueMissing) {
            writeTo(out);
            out.append("null");
            return;
        }
        if (comma != NO_COMMA) {
            beforeKey.deleteCharAt(comma);
        }
        out.append(beforeKey);
        clear();
    }

    void dropKey() {
        key.setLength(0);
    }

    void clear() {
        beforeKey.setLength(0);
        key.setLength(0);
        comma = NO_COMMA;
    }

    boolean inComment() {
        return inComment;
    }

    /** Begins the comment at the reading position, if there is one: {@code //}, {@code /*} or {@code #}. */
    MatchResult beginComment(TextBuffer textBuffer) {
        int at = textBuffer.at();
        boolean hash = textBuffer.charAt(at) == '#';
        MatchResult found = hash ? MatchResult.YES : JsonLookahead.comment(textBuffer, at);
        if (found == MatchResult.YES) {
            block = !hash && textBuffer.charAt(at + 1) == '*';
            starred = false;
            inComment = true;
            textBuffer.moveTo(at + (hash ? 1 : 2));
        }
        return found;
    }

    /** Skips the open comment; false if it goes on behind the text. */
    boolean skipComment(TextBuffer textBuffer) {
        while (inComment && !textBuffer.used()) {
            char c = textBuffer.current();
            boolean over = block ? starred && c == '/' : c == '\n';
            starred = c == '*';
            textBuffer.moveTo(textBuffer.at() + (c == '\n' && over ? 0 : 1));
            inComment = !over;
        }
        inComment &= !textBuffer.used() || !textBuffer.ended();
        return !inComment;
    }
}
