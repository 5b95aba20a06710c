package dev.qwen2api.toolcall;

/** The brackets of JSON that are open, outermost first. As a sequence of characters it is those brackets. */
final class JsonNesting implements CharSequence {

    private final StringBuilder open = new StringBuilder();

    /** How many of them are square. */
    private int lists;

    void open(char bracket) {
        open.append(bracket);
        lists += bracket == '[' ? 1 : 0;
    }

    boolean inList() {
        return open.charAt(open.length() - 1) == '[';
    }

    /** Whether some open bracket is the partner of {@code closing}. */
    boolean awaits(char closing) {
        return closing == ']' ? lists > 0 : lists < open.length();
    }

    /** Writes what closes the innermost partner of {@code closing} and all that is open in it. */
    void close(char closing, StringBuilder out) {
        char closed;
        do {
            closed = closeInnermost(out);
        } while (closed != closing);
    }

    void closeAll(StringBuilder out) {
        while (open.length() > 0) {
            closeInnermost(out);
        }
    }

    private char closeInnermost(StringBuilder out) {
        boolean list = inList();
        open.setLength(open.length() - 1);
        lists -= list ? 1 : 0;
        char closing = list ? ']' : '}';
        out.append(closing);
        return closing;
    }

    @Override
    public int length() {
        return open.length();
    }

    @Override
    public char charAt(int index) {
        return open.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return open.subSequence(start, end);
    }

    @Override
    public String toString() {
        return open.toString();
    }
}
