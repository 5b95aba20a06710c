package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/** Reads over one comment in JSON, however it is cut into pieces. */
final class JsonComment {

    private final boolean block;
    private boolean starred;
    private boolean over;

    private JsonComment(boolean block) {
        this.block = block;
    }

    /** Whether a comment begins at the reading position: {@code //}, {@code /*} or {@code #}. */
    static MatchResult beginsAt(TextBuffer textBuffer) {
        int at = textBuffer.at();
        char c = textBuffer.charAt(at);
        if (c != '/') {
            return c == '#' ? MatchResult.YES : MatchResult.NO;
        }
        if (at + 1 >= textBuffer.length()) {
            return textBuffer.outOfText(MatchResult.NO);
        }
        char second = textBuffer.charAt(at + 1);
        return second == '/' || second == '*' ? MatchResult.YES : MatchResult.NO;
    }

    /** Begins the comment that {@link #beginsAt} has found. */
    static JsonComment begin(TextBuffer textBuffer) {
        boolean hash = textBuffer.charAt(textBuffer.at()) == '#';
        boolean block = !hash && textBuffer.charAt(textBuffer.at() + 1) == '*';
        textBuffer.moveTo(textBuffer.at() + (hash ? 1 : 2));
        return new JsonComment(block);
    }

    /** Reads on; true once the comment is over. */
    boolean skip(TextBuffer textBuffer) {
        while (!over && !textBuffer.used()) {
            char c = textBuffer.charAt(textBuffer.at());
            over = block ? starred && c == '/' : c == '\n';
            starred = c == '*';
            textBuffer.moveTo(textBuffer.at() + (c == '\n' && over ? 0 : 1));
        }
        over |= textBuffer.used() && textBuffer.ended();
        return over;
    }
}
