package dev.qwen2api.chat.tools;

/**
 * Decides of the quotes inside one string whether they end it or belong to it. Models forget to escape quotes in code and in
 * speech; a quote ends the string only if what follows is how JSON would go on at this depth. In sound JSON that is always
 * so: there every verdict is {@link Verdict#YES}.
 */
final class QuoteJudge {

    private final CharSequence nesting;
    private final JsonStop stop;

    /** Whether some quote in this string was not escaped. */
    private boolean careless;

    /** What is still open at the point that is looked at: a prefix of the nesting. */
    private int depth;

    QuoteJudge(CharSequence nesting, JsonStop stop) {
        this.nesting = nesting;
        this.stop = stop;
    }

    boolean careless() {
        return careless;
    }

    /** Whether the quote before {@code from} ends a value. */
    Verdict endsValue(Tape tape, int from) {
        Verdict ends = judge(tape, from);
        careless |= ends == Verdict.NO;
        return ends;
    }

    private Verdict judge(Tape tape, int from) {
        int limit = from + KeyAhead.REACH;
        boolean spaced = false;
        boolean newLine = false;
        depth = nesting.length();
        for (int at = from; depth > 0 && at < limit; at++) {
            if (at >= tape.length()) {
                return tape.outOfText(Verdict.YES);
            }
            char c = tape.charAt(at);
            if (Tape.isBlank(c)) {
                spaced = true;
                newLine |= c == '\n';
            } else if (c == '}' || c == ']') {
                close(c);
            } else if (c == ',' || c == ';') {
                return afterComma(tape, tape.skipBlanks(at + 1, limit), limit);
            } else {
                return newLine && onlyEnvelopeOpen() ? Verdict.YES : otherwise(tape, at, spaced);
            }
        }
        return Verdict.YES;
    }

    /** Closes what {@code bracket} belongs to; a bracket of the wrong kind is forgiven. */
    private void close(char bracket) {
        boolean list = inList();
        depth--;
        if (bracket == '}' && list && depth > 0) {
            depth--;
        }
    }

    private boolean inList() {
        return nesting.charAt(depth - 1) == '[';
    }

    /** Whether the arguments were closed: what comes on a new line then is words, and the last brace was forgotten. */
    private boolean onlyEnvelopeOpen() {
        return depth == 1 && nesting.length() > 1 && !careless;
    }

    private Verdict afterComma(Tape tape, int next, int limit) {
        if (next >= limit) {
            return Verdict.YES;
        }
        if (next >= tape.length()) {
            return tape.outOfText(Verdict.YES);
        }
        char c = tape.charAt(next);
        if (c == '}' || c == ']' || c == ',' || c == '#') {
            return Verdict.YES;
        }
        if (c == '/') {
            return comment(tape, next);
        }
        Verdict stopped = stop.here(tape, next);
        if (stopped != Verdict.NO) {
            return stopped;
        }
        return inList() ? startsElement(c) : KeyAhead.at(tape, next);
    }

    private static Verdict startsElement(char c) {
        boolean starts = KeyAhead.isQuote(c) || "{[-+.tfnTFN".indexOf(c) >= 0 || Character.isDigit(c);
        return starts ? Verdict.YES : Verdict.NO;
    }

    /** What else may follow a value: the end of the JSON, a comment, or a member whose comma was forgotten. */
    private Verdict otherwise(Tape tape, int at, boolean spaced) {
        char c = tape.charAt(at);
        Verdict stopped = stop.here(tape, at);
        if (stopped != Verdict.NO) {
            return stopped;
        }
        if (c == '/') {
            return comment(tape, at);
        }
        if (!spaced || !KeyAhead.isQuote(c)) {
            return spaced && c == '#' ? Verdict.YES : Verdict.NO;
        }
        return inList() ? Verdict.YES : KeyAhead.at(tape, at);
    }

    private static Verdict comment(Tape tape, int at) {
        if (at + 1 >= tape.length()) {
            return tape.outOfText(Verdict.NO);
        }
        char next = tape.charAt(at + 1);
        return next == '/' || next == '*' ? Verdict.YES : Verdict.NO;
    }
}
