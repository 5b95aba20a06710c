package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.LenientString.State;
import dev.qwen2api.toolcall.LenientString.StringForm;
import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import org.jspecify.annotations.Nullable;

/**
 * Reads the strings, numbers and literals of lenient JSON. A value without quotes is a literal, or words; it ends with
 * its line, at a bracket or comma, or behind a literal.
 */
final class ScalarReader {

    /** Longest text that may be a literal. */
    private static final int LONGEST_LITERAL = 64;

    private final JsonNesting nesting;
    private final JsonTerminator stop;
    private @Nullable LenientString string;

    /** What was read of a value without quotes, while one is open. */
    private final StringBuilder unquoted = new StringBuilder();

    private boolean inUnquoted;

    ScalarReader(JsonNesting nesting, JsonTerminator stop) {
        this.nesting = nesting;
        this.stop = stop;
    }

    /** Whether a scalar has begun and not ended. */
    boolean isOpen() {
        return string != null || inUnquoted;
    }

    /** Begins the quoted key at the reading position. */
    void openKey(TextBuffer textBuffer, char quote, JsonSeparator gap) {
        gap.key().append('"');
        open(textBuffer, quote, StringForm.KEY);
    }

    /** Begins the value at the reading position; false if its form depends on more text. */
    boolean openValue(TextBuffer textBuffer, char c, JsonSeparator gap, StringBuilder out) {
        if (!JsonLookahead.isQuote(c)) {
            unquoted.setLength(0);
            inUnquoted = true;
            return true;
        }
        MatchResult triple = LenientString.opensTriple(textBuffer);
        if (triple == MatchResult.MORE) {
            return false;
        }
        gap.writeTo(out);
        out.append('"');
        open(textBuffer, c, triple == MatchResult.YES ? StringForm.TRIPLE_QUOTED : StringForm.VALUE);
        return true;
    }

    private void open(TextBuffer textBuffer, char quote, StringForm form) {
        textBuffer.moveTo(textBuffer.at() + (form == StringForm.TRIPLE_QUOTED ? 3 : 1));
        string = new LenientString(quote, form, nesting, stop);
    }

    /** Reads on in the open scalar. A key is written into the separator, a value behind it. */
    State read(TextBuffer textBuffer, boolean isKey, JsonSeparator gap, StringBuilder out) {
        if (string != null) {
            StringBuilder target = isKey ? gap.key() : out;
            State state = string.read(textBuffer, target);
            if (state == State.CLOSED) {
                target.append('"');
                string = null;
            }
            return state;
        }
        State state = readUnquoted(textBuffer);
        if (state == State.CLOSED) {
            complete(textBuffer, false, gap, out);
            inUnquoted = false;
        }
        return state;
    }

    private State readUnquoted(TextBuffer textBuffer) {
        while (!textBuffer.used()) {
            char c = textBuffer.current();
            MatchResult ends = endsAt(c) ? MatchResult.YES : stop.here(textBuffer, textBuffer.at());
            if (ends != MatchResult.NO) {
                return ends == MatchResult.YES ? State.CLOSED : State.OPEN;
            }
            unquoted.append(c);
            textBuffer.advance();
        }
        return !textBuffer.ended() ? State.OPEN : isLiteral() ? State.CLOSED : State.BROKEN_OFF;
    }

    private boolean isLiteral() {
        String text = unquoted.toString();
        return text.equals("true") || text.equals("false") || text.equals("null");
    }

    private boolean endsAt(char c) {
        if (c == ' ' || c == '\t') {
            return unquoted.length() <= LONGEST_LITERAL
                    && JsonLiteral.read(unquoted.toString()).isPresent();
        }
        return c == ',' || c == '}' || c == ']' || c == '\n' || c == '\r';
    }

    /** Ends a scalar that is still open, as if its text was all there; an open key is left out. */
    void complete(TextBuffer textBuffer, boolean isKey, JsonSeparator gap, StringBuilder out) {
        if (inUnquoted) {
            String text = unquoted.toString();
            gap.writeTo(out);
            out.append(
                    textBuffer.used()
                            ? JsonLiteral.readCutOff(text)
                            : JsonLiteral.read(text).orElseGet(() -> JsonMembers.quote(text.strip())));
        } else if (string != null && !isKey) {
            out.append('"');
        }
    }
}
