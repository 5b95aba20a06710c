package dev.qwen2api.chat.tools;

/**
 * A function's name in front of the object of its arguments, as Kimi, DeepSeek and Mistral write it. Between the two may
 * stand blanks, a separating mark and the head of a fence; in front of the name, the word {@code function} and such a mark.
 *
 * @param verdict whether there is one
 * @param name the name as it stands there
 * @param end where the arguments begin
 */
record NamedArguments(Verdict verdict, String name, int end) {

    private static final int LONGEST_NAME = 128;
    private static final int MOST_BLANKS = 64;

    private static final NamedArguments NONE = new NamedArguments(Verdict.NO, "", 0);
    private static final NamedArguments MORE = new NamedArguments(Verdict.MORE, "", 0);

    /** Looks at the reading position. */
    static NamedArguments at(Desk desk) {
        Tape tape = desk.tape();
        int from = tape.at();
        int to = nameEnd(tape, from);
        if (to >= tape.length() && to - from < LONGEST_NAME) {
            return tape.ended() ? NONE : MORE;
        }
        String name = tape.slice(from, to);
        if (desk.tools().find(name).isPresent()) {
            return behind(tape, name, to);
        }
        return name.equals("function") ? behindWord(desk, to) : NONE;
    }

    private static NamedArguments behindWord(Desk desk, int from) {
        Tape tape = desk.tape();
        Tag mark = TagReader.at(tape, from);
        if (mark.kind() == Tag.Kind.MORE) {
            return MORE;
        }
        if (mark.kind() != Tag.Kind.SEPARATOR) {
            return NONE;
        }
        int to = nameEnd(tape, mark.end());
        if (to >= tape.length()) {
            return tape.ended() ? NONE : MORE;
        }
        return behind(tape, tape.slice(mark.end(), to), to);
    }

    /** Looks for the arguments behind the name and at most one mark. */
    private static NamedArguments behind(Tape tape, String name, int nameEnd) {
        int i = tape.skipBlanks(nameEnd, nameEnd + MOST_BLANKS);
        Tag mark = i < tape.length() ? TagReader.at(tape, i) : Tag.NONE;
        if (mark.kind() == Tag.Kind.MORE) {
            return MORE;
        }
        if (mark.kind() == Tag.Kind.SEPARATOR) {
            i = tape.skipBlanks(mark.end(), mark.end() + MOST_BLANKS);
        }
        if (i >= tape.length()) {
            return tape.ended() ? NONE : MORE;
        }
        char c = tape.charAt(i);
        if (c == '`') {
            return behindFence(tape, name, i);
        }
        return c == '{' ? new NamedArguments(Verdict.YES, name, i) : NONE;
    }

    private static NamedArguments behindFence(Tape tape, String name, int from) {
        for (int i = from; i < from + FenceHead.SHORTEST + FenceHead.LONGEST_INFO + MOST_BLANKS; i++) {
            if (i >= tape.length()) {
                return tape.ended() ? NONE : MORE;
            }
            char c = tape.charAt(i);
            if (c == '{') {
                return new NamedArguments(Verdict.YES, name, i);
            }
            if (c != '`' && !Tape.isBlank(c) && !Character.isLetter(c)) {
                return NONE;
            }
        }
        return NONE;
    }

    private static int nameEnd(Tape tape, int from) {
        int to = from;
        while (to < tape.length() && to - from < LONGEST_NAME && isNamePart(tape.charAt(to))) {
            to++;
        }
        return to;
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '/';
    }
}
