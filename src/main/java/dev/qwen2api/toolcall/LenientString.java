package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.HexFormat;

/**
 * Reads one quoted string, whatever its quotes, and writes the inside of a valid JSON string. A value may hold line
 * breaks and quotes that are not escaped, a key may not: it ends at the first.
 */
final class LenientString {

    /** What a string is. */
    enum StringForm {
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
    private final StringForm form;
    private final JsonNesting nesting;
    private final JsonTerminator stop;
    private final QuoteHeuristic judge;

    /** How many of the next characters are known to be inside. */
    private int inside;

    /** Whether the string holds JSON or the like, by its first character; and how many brackets of that are open. */
    private boolean structured;

    private int brackets;
    private boolean empty = true;
    private final Backslashes backslashes = new Backslashes();

    LenientString(char opening, StringForm form, JsonNesting nesting, JsonTerminator stop) {
        this.quote = JsonLookahead.closing(opening);
        this.form = form;
        this.nesting = nesting;
        this.stop = stop;
        this.judge = new QuoteHeuristic(nesting, stop);
    }

    /** Whether the quote at the reading position is the first of three that open a string together. */
    static MatchResult opensTriple(TextBuffer textBuffer) {
        return isTriple(textBuffer, textBuffer.current());
    }

    private static MatchResult isTriple(TextBuffer textBuffer, char quote) {
        for (int i = textBuffer.at(); i < textBuffer.at() + 3; i++) {
            if (i >= textBuffer.length()) {
                return textBuffer.outOfText(MatchResult.NO);
            }
            if (textBuffer.charAt(i) != quote) {
                return MatchResult.NO;
            }
        }
        return MatchResult.YES;
    }

    /** Reads as far as it can be sure; {@link State#OPEN} if it needs more text. */
    State read(TextBuffer textBuffer, StringBuilder out) {
        while (textBuffer.at() < textBuffer.length()) {
            char c = textBuffer.current();
            MatchResult ended = inside > 0 ? MatchResult.NO : ends(textBuffer, c);
            if (ended == MatchResult.MORE) {
                return State.OPEN;
            }
            if (ended == MatchResult.YES) {
                return isQuote(c) ? closed(textBuffer) : State.BROKEN_OFF;
            }
            inside = Math.max(0, inside - 1);
            if (!content(textBuffer, c, out)) {
                return State.OPEN;
            }
        }
        return textBuffer.ended() ? State.BROKEN_OFF : State.OPEN;
    }

    private State closed(TextBuffer textBuffer) {
        textBuffer.moveTo(textBuffer.at() + (form == StringForm.TRIPLE_QUOTED ? 3 : 1));
        return State.CLOSED;
    }

    private boolean isQuote(char c) {
        return c == quote || c == '"' && quote == '\u201d';
    }

    private MatchResult ends(TextBuffer textBuffer, char c) {
        if (form == StringForm.KEY) {
            return isQuote(c) || c == '\n' ? MatchResult.YES : MatchResult.NO;
        }
        if (isQuote(c)) {
            return form == StringForm.TRIPLE_QUOTED ? isTriple(textBuffer, quote) : valueEnds(textBuffer);
        }
        boolean suspicious = c == '}' || c == ']' || c == '<' || c == '[' || c == '#' || c == '`' || c == '\n';
        return suspicious ? breaksOff(textBuffer) : MatchResult.NO;
    }

    /** A string that holds unescaped JSON goes on until the brackets of that are closed. */
    private MatchResult valueEnds(TextBuffer textBuffer) {
        boolean unfinished = judge.careless() && structured && brackets > 0;
        return unfinished ? MatchResult.NO : judge.endsValue(textBuffer, textBuffer.at() + 1);
    }

    /**
     * Whether the string ends here without its quote: the closing brackets of all that is open, or nothing, and then
     * the end of the call.
     */
    private MatchResult breaksOff(TextBuffer textBuffer) {
        int from = textBuffer.at();
        int to = from;
        int brackets = 0;
        while (to < textBuffer.length() && to - from < LONGEST_RUN && isRun(textBuffer.charAt(to))) {
            brackets += TextBuffer.isBlank(textBuffer.charAt(to)) ? 0 : 1;
            to++;
        }
        boolean longRun = to - from >= LONGEST_RUN;
        if (!longRun && to >= textBuffer.length() && !textBuffer.ended()) {
            return MatchResult.MORE;
        }
        boolean textEnds = to >= textBuffer.length();
        MatchResult last = longRun ? MatchResult.NO : textEnds ? MatchResult.YES : stop.last(textBuffer, to);
        if (last == MatchResult.MORE) {
            return last;
        }
        boolean allClosed = brackets == nesting.length() || brackets == 0 && !textEnds;
        if (last == MatchResult.YES && allClosed) {
            return MatchResult.YES;
        }
        inside = Math.max(1, to - from);
        return MatchResult.NO;
    }

    private static boolean isRun(char c) {
        return c == '}' || c == ']' || TextBuffer.isBlank(c);
    }

    private boolean content(TextBuffer textBuffer, char c, StringBuilder out) {
        if (c == '\\') {
            return escape(textBuffer, out);
        }
        boolean opens = c == '{' || c == '[';
        brackets += opens ? 1 : c == '}' || c == ']' ? -1 : 0;
        structured |= empty && opens;
        empty = false;
        backslashes.follow(c);
        JsonMembers.appendEscaped(out, c);
        textBuffer.advance();
        return true;
    }

    /** Keeps a valid escape; a backslash that escapes nothing stands for itself. */
    private boolean escape(TextBuffer textBuffer, StringBuilder out) {
        int next = textBuffer.at() + 1;
        if (next >= textBuffer.length()) {
            textBuffer.moveTo(textBuffer.ended() ? next : textBuffer.at());
            return textBuffer.ended();
        }
        char c = textBuffer.charAt(next);
        boolean literal = backslashes.isLiteralBefore(c);
        if (c == 'u' && !literal) {
            return unicode(textBuffer, out);
        }
        if (!literal && (c == '\'' || c == '`')) {
            out.append(c);
        } else if (!literal && "\"\\/bfnrt".indexOf(c) >= 0) {
            out.append('\\').append(c);
        } else {
            backslashes.sawLiteral();
            out.append("\\\\");
            next--;
        }
        textBuffer.moveTo(next + 1);
        return true;
    }

    private boolean unicode(TextBuffer textBuffer, StringBuilder out) {
        int from = textBuffer.at();
        int to = from + 2;
        while (to < Math.min(textBuffer.length(), from + 6) && HexFormat.isHexDigit(textBuffer.charAt(to))) {
            to++;
        }
        if (to < from + 6 && to >= textBuffer.length() && !textBuffer.ended()) {
            return false;
        }
        boolean valid = to == from + 6;
        if (!valid) {
            backslashes.sawLiteral();
        }
        out.append(valid ? textBuffer.slice(from, to) : "\\\\");
        textBuffer.moveTo(valid ? to : from + 1);
        return true;
    }

    /**
     * Recognises strings whose backslashes the model did not escape, as in {@code C:\Users\me\b.txt}: behind one that
     * can be no escape, {@code \b} and {@code \f} are none either, and in a Windows path no other letter is.
     */
    private static final class Backslashes {

        private static final String PATH_ENDS = "\"'`<>|&;,*?\n\r";

        private boolean unescaped;
        private boolean inPath;

        /** How much of a drive stands before this point: nothing, a letter, or a letter and a colon. */
        private int drive;

        private char last = ' ';

        void follow(char c) {
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            drive = letter && !Character.isLetterOrDigit(last) ? 1 : c == ':' && drive == 1 ? 2 : 0;
            inPath &= PATH_ENDS.indexOf(c) < 0;
            last = c;
        }

        boolean isLiteralBefore(char c) {
            return inPath && Character.isLetter(c) || unescaped && (c == 'b' || c == 'f');
        }

        void sawLiteral() {
            unescaped = true;
            inPath |= drive == 2;
            drive = 0;
            last = '\\';
        }
    }
}
