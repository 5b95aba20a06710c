package dev.qwen2api.toolcall;

/** The brackets of JSON that are open, outermost first. */
final class JsonNesting {

    private final StringBuilder open = new StringBuilder();

    /** How many of them are square. */
    private int lists;

    void open(char bracket) {
        open.append(bracket);
        lists += bracket == '[' ? 1 : 0;
    }

    boolean inList() {
        return inList(open.length());
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

    int length() {
        return open.length();
    }

    /** Whether the innermost of the first {@code depth} brackets is square. */
    boolean inList(int depth) {
        return open.charAt(depth - 1) == '[';
    }
}
