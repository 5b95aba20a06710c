package dev.qwen2api.chat.tools;

/** Reads over one comment in JSON, however it is cut into pieces. */
final class JsonComment {

    private final boolean block;
    private boolean starred;
    private boolean over;

    private JsonComment(boolean block) {
        this.block = block;
    }

    /** Whether a comment begins at the reading position: {@code //}, {@code /*} or {@code #}. */
    static Verdict beginsAt(Tape tape) {
        int at = tape.at();
        char c = tape.charAt(at);
        if (c != '/') {
            return c == '#' ? Verdict.YES : Verdict.NO;
        }
        if (at + 1 >= tape.length()) {
            return tape.outOfText(Verdict.NO);
        }
        char second = tape.charAt(at + 1);
        return second == '/' || second == '*' ? Verdict.YES : Verdict.NO;
    }

    /** Begins the comment that {@link #beginsAt} has found. */
    static JsonComment begin(Tape tape) {
        boolean hash = tape.charAt(tape.at()) == '#';
        boolean block = !hash && tape.charAt(tape.at() + 1) == '*';
        tape.moveTo(tape.at() + (hash ? 1 : 2));
        return new JsonComment(block);
    }

    /** Reads on; true once the comment is over. */
    boolean skip(Tape tape) {
        while (!over && !tape.used()) {
            char c = tape.charAt(tape.at());
            over = block ? starred && c == '/' : c == '\n';
            starred = c == '*';
            tape.moveTo(tape.at() + (c == '\n' && over ? 0 : 1));
        }
        over |= tape.used() && tape.ended();
        return over;
    }
}
