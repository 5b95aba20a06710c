package dev.qwen2api.chat.tools;

/** Looks ahead, a bounded way, for the key of a member: text that a colon follows. */
final class KeyAhead {

    /** How far is looked. Whatever is longer gets the benefit of the doubt, so that sound JSON is never doubted. */
    static final int REACH = 200;

    private static final String OPENING_QUOTES = "\"'`\u201c";

    private KeyAhead() {}

    static boolean isQuote(char c) {
        return OPENING_QUOTES.indexOf(c) >= 0;
    }

    /** The quote that ends what {@code quote} began. */
    static char closing(char quote) {
        return quote == '\u201c' ? '\u201d' : quote;
    }

    static boolean isNameStart(char c) {
        return Character.isLetter(c) || c == '_' || c == '$';
    }

    static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '-' || c == '.';
    }

    /** Whether a key, quoted or not, begins at {@code from}. */
    static Verdict at(Tape tape, int from) {
        if (from >= tape.length()) {
            return tape.outOfText(Verdict.NO);
        }
        char c = tape.charAt(from);
        if (isQuote(c)) {
            return quoted(tape, from + 1, closing(c));
        }
        return isNameStart(c) ? plain(tape, from) : Verdict.NO;
    }

    private static Verdict quoted(Tape tape, int from, char quote) {
        for (int i = from; i < from + REACH; i++) {
            if (i >= tape.length()) {
                return tape.outOfText(Verdict.YES);
            }
            char c = tape.charAt(i);
            if (c == quote) {
                return colon(tape, i + 1);
            }
            if (c == '\\') {
                i++;
            }
        }
        return Verdict.YES;
    }

    private static Verdict plain(Tape tape, int from) {
        for (int i = from; i < from + REACH; i++) {
            if (i >= tape.length()) {
                return tape.outOfText(Verdict.NO);
            }
            if (!isNamePart(tape.charAt(i))) {
                return colon(tape, i);
            }
        }
        return Verdict.NO;
    }

    /** Whether a colon, or what stands for one, comes next; the end of the text may have cut it off. */
    static Verdict colon(Tape tape, int from) {
        for (int i = from; i < from + REACH; i++) {
            if (i >= tape.length()) {
                return tape.outOfText(Verdict.YES);
            }
            char c = tape.charAt(i);
            if (!Tape.isBlank(c)) {
                return c == ':' || c == '=' ? Verdict.YES : Verdict.NO;
            }
        }
        return Verdict.YES;
    }
}
