package dev.qwen2api.chat.filter;

/**
 * Finds the first JSON object or array in text that arrives in pieces, in linear time. A brace in prose is told from
 * the start of an object by the key and the colon that must follow.
 */
final class JsonValueFinder {

    private static final String STARTS_OF_ELEMENTS = "]{[\"-0123456789tfn";

    private final boolean objects;
    private final boolean arrays;
    /** What may be the start of the value. */
    private final StringBuilder start = new StringBuilder();

    private Expected expected = Expected.VALUE;
    private boolean inString;
    private boolean escaped;
    private int depth;

    /** What the next character may be. */
    private enum Expected {
        VALUE,
        KEY,
        END_OF_KEY,
        COLON,
        ELEMENT,
        /** More of a value that has begun. */
        CONTENT,
        /** The value is complete. */
        NOTHING
    }

    /**
     * @param objects whether the value may be an object
     * @param arrays whether the value may be an array
     */
    JsonValueFinder(boolean objects, boolean arrays) {
        this.objects = objects;
        this.arrays = arrays;
    }

    /** Whether the value has begun. */
    boolean isFound() {
        return expected == Expected.CONTENT || expected == Expected.NOTHING;
    }

    /** Reads more of the text and returns what of it, and of the text before, is more of the value. */
    String read(String text) {
        var value = new StringBuilder();
        for (int i = 0; i < text.length() && expected != Expected.NOTHING; i++) {
            char c = text.charAt(i);
            if (expected == Expected.CONTENT) {
                content(c, value);
            } else {
                search(c, value);
            }
        }
        return value.toString();
    }

    private void search(char c, StringBuilder value) {
        boolean space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        switch (expected) {
            case KEY -> step(c, space, c == '"' ? Expected.END_OF_KEY : c == '}' ? Expected.CONTENT : Expected.VALUE);
            case END_OF_KEY -> key(c);
            case COLON -> step(c, space, c == ':' ? Expected.CONTENT : Expected.VALUE);
            case ELEMENT -> step(c, space, STARTS_OF_ELEMENTS.indexOf(c) < 0 ? Expected.VALUE : Expected.CONTENT);
            default -> begin(c);
        }
        if (expected == Expected.CONTENT) {
            depth = 1;
            value.append(start);
            content(c, value);
        }
    }

    private void begin(char c) {
        if (c == '{' && objects || c == '[' && arrays) {
            start.append(c);
            expected = c == '{' ? Expected.KEY : Expected.ELEMENT;
        }
    }

    /** Goes on to {@code after}, or past white space; a character that fits nothing may begin the value itself. */
    private void step(char c, boolean space, Expected after) {
        if (space) {
            start.append(c);
            return;
        }
        expected = after;
        if (after == Expected.VALUE) {
            start.setLength(0);
            begin(c);
        } else if (after != Expected.CONTENT) {
            start.append(c);
        }
    }

    private void key(char c) {
        if (c < ' ') {
            expected = Expected.VALUE;
            start.setLength(0);
            escaped = false;
            return;
        }
        start.append(c);
        if (c == '"' && !escaped) {
            expected = Expected.COLON;
        }
        escaped = c == '\\' && !escaped;
    }

    private void content(char c, StringBuilder value) {
        value.append(c);
        if (inString) {
            inString = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            return;
        }
        switch (c) {
            case '"' -> inString = true;
            case '{', '[' -> depth++;
            case '}', ']' -> depth--;
            default -> {}
        }
        if (depth == 0) {
            expected = Expected.NOTHING;
        }
    }
}
