package dev.qwen2api.chat.tools;

/**
 * Reads one quoted string, whatever its quotes, and writes the inside of a sound JSON string. A value may hold line breaks and
 * quotes that are not escaped, a key may not: it ends at the first.
 */
final class LenientString {

    /** What a string is. */
    enum Kind {
        KEY,
        VALUE,
        /** A value between two times three quotes. */
        TRIPLE_QUOTED
    }

    /** How a string ended. */
    enum State {
        OPEN,
        CLOSED,
        /** The text, or a mark that is not the string's, came before the closing quote. */
        BROKEN_OFF
    }

    /** Longest run of closing brackets in a string that is looked at as a possible end. */
    private static final int LONGEST_RUN = 64;

    private final char quote;
    private final Kind kind;
    private final CharSequence nesting;
    private final JsonStop stop;
    private final QuoteJudge judge;

    /** How many of the next characters are known to be inside. */
    private int inside;

    /** Whether the string holds JSON or the like, by its first character; and how many brackets of that are open. */
    private boolean structured;

    private int brackets;
    private boolean empty = true;

    LenientString(char opening, Kind kind, CharSequence nesting, JsonStop stop) {
        this.quote = KeyAhead.closing(opening);
        this.kind = kind;
        this.nesting = nesting;
        this.stop = stop;
        this.judge = new QuoteJudge(nesting, stop);
    }

    /** Whether the quote at the reading position is the first of three that open a string together. */
    static Verdict opensTriple(Tape tape) {
        int first = tape.at();
        for (int i = first + 1; i < first + 3; i++) {
            if (i >= tape.length()) {
                return tape.outOfText(Verdict.NO);
            }
            if (tape.charAt(i) != tape.charAt(first)) {
                return Verdict.NO;
            }
        }
        return Verdict.YES;
    }

    /** Reads as far as it can be sure; {@link State#OPEN} asks for more text. */
    State read(Tape tape, StringBuilder out) {
        while (tape.at() < tape.length()) {
            char c = tape.charAt(tape.at());
            Verdict ended = inside > 0 ? Verdict.NO : ends(tape, c);
            if (ended == Verdict.MORE) {
                return State.OPEN;
            }
            if (ended == Verdict.YES) {
                return isQuote(c) ? closed(tape) : State.BROKEN_OFF;
            }
            inside = Math.max(0, inside - 1);
            if (!content(tape, c, out)) {
                return State.OPEN;
            }
        }
        return tape.ended() ? State.BROKEN_OFF : State.OPEN;
    }

    private State closed(Tape tape) {
        tape.moveTo(tape.at() + (kind == Kind.TRIPLE_QUOTED ? 3 : 1));
        return State.CLOSED;
    }

    private boolean isQuote(char c) {
        return c == quote || c == '"' && quote == '\u201d';
    }

    private Verdict ends(Tape tape, char c) {
        if (kind == Kind.KEY) {
            return isQuote(c) || c == '\n' ? Verdict.YES : Verdict.NO;
        }
        if (isQuote(c)) {
            return kind == Kind.TRIPLE_QUOTED ? tripleEnds(tape) : valueEnds(tape);
        }
        boolean suspicious = c == '}' || c == ']' || c == '<' || c == '[' || c == '#' || c == '`' || c == '\n';
        return suspicious ? breaksOff(tape) : Verdict.NO;
    }

    /** A string that holds unescaped JSON goes on until the brackets of that are closed. */
    private Verdict valueEnds(Tape tape) {
        boolean unfinished = judge.careless() && structured && brackets > 0;
        return unfinished ? Verdict.NO : judge.endsValue(tape, tape.at() + 1);
    }

    private Verdict tripleEnds(Tape tape) {
        for (int i = tape.at(); i < tape.at() + 3; i++) {
            if (i >= tape.length()) {
                return tape.outOfText(Verdict.NO);
            }
            if (tape.charAt(i) != quote) {
                return Verdict.NO;
            }
        }
        return Verdict.YES;
    }

    /**
     * Whether the string ends here without its quote: the closing brackets of all that is open, or nothing, and then the end
     * of the call.
     */
    private Verdict breaksOff(Tape tape) {
        int from = tape.at();
        int to = from;
        int brackets = 0;
        while (to < tape.length() && to - from < LONGEST_RUN && isRun(tape.charAt(to))) {
            brackets += Tape.isBlank(tape.charAt(to)) ? 0 : 1;
            to++;
        }
        boolean longRun = to - from >= LONGEST_RUN;
        if (!longRun && to >= tape.length() && !tape.ended()) {
            return Verdict.MORE;
        }
        boolean textEnds = to >= tape.length();
        Verdict last = longRun ? Verdict.NO : textEnds ? Verdict.YES : stop.last(tape, to);
        if (last == Verdict.MORE) {
            return last;
        }
        boolean allClosed = brackets == nesting.length() || brackets == 0 && !textEnds;
        if (last == Verdict.YES && allClosed) {
            return Verdict.YES;
        }
        inside = Math.max(1, to - from);
        return Verdict.NO;
    }

    private static boolean isRun(char c) {
        return c == '}' || c == ']' || Tape.isBlank(c);
    }

    private boolean content(Tape tape, char c, StringBuilder out) {
        if (c == '\\') {
            return escape(tape, out);
        }
        boolean opens = c == '{' || c == '[';
        brackets += opens ? 1 : c == '}' || c == ']' ? -1 : 0;
        structured |= empty && opens;
        empty = false;
        JsonText.appendEscaped(out, c);
        tape.moveTo(tape.at() + 1);
        return true;
    }

    /** Keeps a sound escape; a backslash that escapes nothing stands for itself. */
    private boolean escape(Tape tape, StringBuilder out) {
        int next = tape.at() + 1;
        if (next >= tape.length()) {
            tape.moveTo(tape.ended() ? next : tape.at());
            return tape.ended();
        }
        char c = tape.charAt(next);
        if (c == 'u') {
            return unicode(tape, out);
        }
        if (c == '\'' || c == '`') {
            out.append(c);
        } else if ("\"\\/bfnrt".indexOf(c) >= 0) {
            out.append('\\').append(c);
        } else {
            out.append("\\\\");
            next--;
        }
        tape.moveTo(next + 1);
        return true;
    }

    private static boolean unicode(Tape tape, StringBuilder out) {
        int from = tape.at();
        int to = from + 2;
        while (to < Math.min(tape.length(), from + 6) && isHex(tape.charAt(to))) {
            to++;
        }
        if (to < from + 6 && to >= tape.length() && !tape.ended()) {
            return false;
        }
        boolean sound = to == from + 6;
        out.append(sound ? tape.slice(from, to) : "\\\\");
        tape.moveTo(sound ? to : from + 1);
        return true;
    }

    private static boolean isHex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }
}
