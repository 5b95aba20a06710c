package dev.qwen2api.toolcall;

/**
 * Buffers the model's text. In front of the reading position lies what was read but not taken or dropped yet; it is
 * kept, so that it can be given back as it came. The character before it stays visible. Positions are valid until the
 * next {@link #append}. Not thread-safe.
 */
class TextBuffer {

    /** The answer to a question about text of which only the beginning may be here. */
    enum MatchResult {
        YES,
        NO,
        /** It depends on text that is still to come. */
        MORE
    }

    private static final int LEAST_DELETED = 4096;
    private static final int MOST_BLANKS = 64;

    private final StringBuilder text = new StringBuilder();
    private int taken;
    private int at;
    private boolean ended;
    private boolean truncated;

    final void append(String more) {
        if (taken > LEAST_DELETED && taken > text.length() / 2) {
            int deleted = taken - 1;
            text.delete(0, deleted);
            at -= deleted;
            taken = 1;
        }
        text.append(more);
    }

    /** Ends the text: nothing follows. */
    final void end() {
        end(false);
    }

    /** Ends the text; {@code truncated} where a limit cut it off. */
    final void end(boolean limitReached) {
        ended = true;
        truncated = limitReached;
    }

    /** Whether all of the text was read and a limit cut it off there. */
    final boolean truncatedHere() {
        return truncated && used();
    }

    /** Goes back to the first character that was not taken. */
    final void rewind() {
        at = taken;
    }

    final boolean ended() {
        return ended;
    }

    final int at() {
        return at;
    }

    final void moveTo(int position) {
        at = position;
    }

    final int length() {
        return text.length();
    }

    /** Reads the character at a position; every look at the text goes through here, so that a test can count them. */
    char charAt(int position) {
        return text.charAt(position);
    }

    /** The character at the reading position. */
    final char current() {
        return charAt(at);
    }

    final void advance() {
        at++;
    }

    final String slice(int from, int to) {
        return text.substring(from, to);
    }

    /** What to say where the text is used up: {@link MatchResult#MORE} while it grows, then {@code otherwise}. */
    final MatchResult outOfText(MatchResult otherwise) {
        return ended ? otherwise : MatchResult.MORE;
    }

    final MatchResult startsWith(int position, String expected) {
        for (int i = 0; i < expected.length(); i++) {
            if (position + i >= text.length()) {
                return outOfText(MatchResult.NO);
            }
            if (charAt(position + i) != expected.charAt(i)) {
                return MatchResult.NO;
            }
        }
        return MatchResult.YES;
    }

    /** The first position from {@code from} on that holds no blank, or {@code limit}, or the length. */
    final int skipBlanks(int from, int limit) {
        int i = from;
        while (i < Math.min(limit, text.length()) && isBlank(charAt(i))) {
            i++;
        }
        return i;
    }

    final void skipBlanks() {
        at = skipBlanks(at, text.length());
    }

    /** Whether nothing but blanks follows on the line of a position, of which only some are looked at. */
    final MatchResult endsLine(int position) {
        for (int i = position; i < position + MOST_BLANKS; i++) {
            if (i >= text.length()) {
                return outOfText(MatchResult.YES);
            }
            char c = charAt(i);
            if (c != ' ' && c != '\t') {
                return isBlank(c) ? MatchResult.YES : MatchResult.NO;
            }
        }
        return MatchResult.YES;
    }

    /** Whether all that has come was read. */
    final boolean used() {
        return at >= text.length();
    }

    /** Takes what was read, as it came. */
    final String take() {
        String read = text.substring(taken, at);
        taken = at;
        return read;
    }

    final void drop() {
        taken = at;
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }
}
