package dev.qwen2api.toolcall;

/**
 * The model's text as it comes in. Behind the reading position lies what has been read but not settled yet: it is kept, so
 * that it can be given back as it came. The character before it stays visible. Positions are valid until the next {@link #append}. Not thread-safe.
 */
class TextBuffer {

    private static final int WORTH_FORGETTING = 4096;

    private final StringBuilder text = new StringBuilder();
    private int settled;
    private int at;
    private boolean ended;

    final void append(String more) {
        if (settled > WORTH_FORGETTING && settled > text.length() / 2) {
            int forgotten = settled - 1;
            text.delete(0, forgotten);
            at -= forgotten;
            settled = 1;
        }
        text.append(more);
    }

    /** Says that nothing follows. */
    final void end() {
        ended = true;
    }

    final boolean ended() {
        return ended;
    }

    /** The reading position. */
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

    final String slice(int from, int to) {
        return text.substring(from, to);
    }

    /** What to say where the text is used up: {@link MatchResult#MORE} while it grows, then {@code otherwise}. */
    final MatchResult outOfText(MatchResult otherwise) {
        return ended ? otherwise : MatchResult.MORE;
    }

    /** The first position from {@code from} on that holds no blank, or {@code limit}, or the length. */
    final int skipBlanks(int from, int limit) {
        int i = from;
        while (i < Math.min(limit, text.length()) && isBlank(charAt(i))) {
            i++;
        }
        return i;
    }

    /** Reads over blanks. */
    final void skipBlanks() {
        at = skipBlanks(at, text.length());
    }

    /** Whether all that has come was read. */
    final boolean used() {
        return at >= text.length();
    }

    /** Settles what was read, as it came. */
    final String take() {
        String read = text.substring(settled, at);
        settled = at;
        return read;
    }

    /** Settles what was read: it has been understood and is not needed any more. */
    final void drop() {
        settled = at;
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }
}
