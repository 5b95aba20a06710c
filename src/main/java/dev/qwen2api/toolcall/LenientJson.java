package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.Optional;

/**
 * Reads one JSON object or array as models write it and writes it as valid JSON. Valid JSON is copied character by
 * character. Otherwise it accepts: any quotes or none, literals of Python and JavaScript, comments, missing, doubled
 * and trailing commas, raw line breaks and unescaped quotes in strings, unknown escapes, brackets of the wrong kind and
 * doubled braces. What it has written is at any time a prefix of valid JSON, so it can be passed on while it is read.
 * Where the text ends behind a complete value, the open brackets are closed; where it ends within one, the JSON is
 * {@link #cutOff} and stays open. Time is linear in the text, memory in the nesting, which is limited.
 */
final class LenientJson {

    /** Deepest nesting; what is deeper counts as cut off. */
    static final int MOST_DEPTH = 512;

    /** What may come next. */
    private enum Expect {
        KEY,
        COLON,
        VALUE,
        /** A comma or the end of the object or array. */
        NEXT
    }

    private final JsonTerminator stop;
    private final JsonNesting nesting = new JsonNesting();
    private final JsonSeparator gap = new JsonSeparator();
    private Expect expect = Expect.VALUE;
    private final ScalarReader scalar;

    /** Whether enough was read to know that this is JSON. */
    private boolean begun;

    private boolean done;
    private boolean failed;
    private boolean brokenOff;
    private boolean cutOff;

    /** @param stop what ends the JSON from outside; where nothing does, the text is known to be JSON */
    LenientJson(JsonTerminator stop) {
        this.stop = stop;
        this.scalar = new ScalarReader(nesting, stop);
        this.begun = stop == JsonTerminator.NONE;
    }

    /** Repairs a whole text; empty if it is no object or array, or if something follows it. */
    static Optional<String> repair(String text) {
        return repair(text, true);
    }

    /** As {@link #repair(String)}, but empty if the text is cut off within a value. */
    static Optional<String> repairWhole(String text) {
        return repair(text, false);
    }

    private static Optional<String> repair(String text, boolean mayBeCutOff) {
        String trimmed = text.strip();
        if (!JsonMembers.isObject(trimmed) && !JsonMembers.isArray(trimmed)) {
            return Optional.empty();
        }
        TextBuffer textBuffer = new TextBuffer();
        textBuffer.append(trimmed);
        textBuffer.end();
        LenientJson json = new LenientJson(JsonTerminator.NONE);
        StringBuilder out = new StringBuilder(trimmed.length() + 16);
        json.read(textBuffer, out);
        json.complete(textBuffer, out);
        boolean whole = textBuffer.used() && (mayBeCutOff || !json.cutOff);
        return whole ? Optional.of(out.toString()) : Optional.empty();
    }

    /** Whether the JSON has ended, or has turned out to be none. */
    boolean done() {
        return done;
    }

    /** Whether the text turned out not to be JSON before a member of it was read. */
    boolean failed() {
        return failed;
    }

    /** Whether a member was read, so that the text is JSON for certain. */
    boolean begun() {
        return begun;
    }

    /** Whether the text, or what could be read as JSON, ended before the last bracket. */
    boolean brokenOff() {
        return brokenOff;
    }

    /** Whether it ended within a value or key, or where one had to follow. */
    boolean cutOff() {
        return cutOff;
    }

    /** Reads as far as it can be sure, and appends valid JSON. The text at the first call is an opening bracket. */
    void read(TextBuffer textBuffer, StringBuilder out) {
        boolean going = true;
        while (going && !done) {
            going = step(textBuffer, out);
        }
    }

    /** Completes JSON that was cut off: an open value is closed, a member without a value is left out. */
    void complete(TextBuffer textBuffer, StringBuilder out) {
        if (cutOff) {
            scalar.complete(textBuffer, expect == Expect.KEY, gap, out);
            nesting.closeAll(out);
        }
    }

    /** Does one step; false if it needs more text. */
    private boolean step(TextBuffer textBuffer, StringBuilder out) {
        if (scalar.isOpen()) {
            return scalar(textBuffer, out);
        }
        if (gap.inComment()) {
            return gap.skipComment(textBuffer);
        }
        if (textBuffer.used()) {
            return textBuffer.ended() && breakOff(textBuffer, out);
        }
        char c = textBuffer.current();
        if (TextBuffer.isBlank(c)) {
            gap.blank(c);
            return skip(textBuffer);
        }
        return betweenValues(textBuffer, c, out);
    }

    private boolean betweenValues(TextBuffer textBuffer, char c, StringBuilder out) {
        MatchResult outside = nesting.length() == 0 ? MatchResult.NO : stop.here(textBuffer, textBuffer.at());
        if (outside != MatchResult.NO) {
            return outside == MatchResult.YES && breakOff(textBuffer, out);
        }
        MatchResult comment = gap.beginComment(textBuffer);
        if (comment != MatchResult.NO) {
            return comment == MatchResult.YES;
        }
        if (c == '}' || c == ']') {
            return close(textBuffer, c, out);
        }
        return switch (expect) {
            case KEY -> key(textBuffer, c, out);
            case COLON -> colon(textBuffer, c, out);
            case VALUE -> value(textBuffer, c, out);
            default -> next(textBuffer, c, out);
        };
    }

    private static boolean skip(TextBuffer textBuffer) {
        textBuffer.advance();
        return true;
    }

    private boolean key(TextBuffer textBuffer, char c, StringBuilder out) {
        boolean doubled = c == '{' && nesting.length() == 1 && !begun;
        if (c == ',' || doubled) {
            return skip(textBuffer);
        }
        if (JsonLookahead.isQuote(c)) {
            scalar.openKey(textBuffer, c, gap);
            return true;
        }
        MatchResult bareKey = JsonLookahead.key(textBuffer, textBuffer.at());
        if (bareKey == MatchResult.MORE) {
            return false;
        }
        return bareKey == MatchResult.YES ? bareKey(textBuffer) : giveUp(textBuffer, out);
    }

    private boolean bareKey(TextBuffer textBuffer) {
        int from = textBuffer.at();
        int to = from;
        while (to < textBuffer.length() && JsonLookahead.isNamePart(textBuffer.charAt(to))) {
            to++;
        }
        gap.key().append(JsonMembers.quote(textBuffer.slice(from, to)));
        textBuffer.moveTo(to);
        expect = Expect.COLON;
        return true;
    }

    private boolean colon(TextBuffer textBuffer, char c, StringBuilder out) {
        if (c == ':' || c == '=') {
            gap.key().append(':');
            begun = true;
            expect = Expect.VALUE;
            return skip(textBuffer);
        }
        if (c == ',') {
            gap.dropKey();
            expect = Expect.KEY;
            return skip(textBuffer);
        }
        return giveUp(textBuffer, out);
    }

    private boolean value(TextBuffer textBuffer, char c, StringBuilder out) {
        if (c == '{' || c == '[') {
            return open(textBuffer, c, out);
        }
        if (c == ',' || c == ':' || c == '>') {
            return strayMark(textBuffer, c, out);
        }
        return begun ? scalar.openValue(textBuffer, c, gap, out) : giveUp(textBuffer, out);
    }

    /** A comma in place of a member's value stands for null; a colon too many, or the end of an arrow, for nothing. */
    private boolean strayMark(TextBuffer textBuffer, char c, StringBuilder out) {
        if (c != ',' || !gap.hasKey()) {
            return skip(textBuffer);
        }
        gap.writeTo(out);
        out.append("null");
        expect = Expect.NEXT;
        return true;
    }

    private boolean next(TextBuffer textBuffer, char c, StringBuilder out) {
        boolean list = nesting.inList();
        if (c == ',' || c == ';') {
            gap.comma();
            expect = list ? Expect.VALUE : Expect.KEY;
            return skip(textBuffer);
        }
        MatchResult goesOn = list ? JsonLookahead.value(c) : JsonLookahead.key(textBuffer, textBuffer.at());
        if (goesOn == MatchResult.MORE) {
            return false;
        }
        if (goesOn == MatchResult.NO) {
            return giveUp(textBuffer, out);
        }
        gap.forgottenComma();
        expect = list ? Expect.VALUE : Expect.KEY;
        return true;
    }

    private boolean open(TextBuffer textBuffer, char bracket, StringBuilder out) {
        if (nesting.length() >= MOST_DEPTH) {
            return breakOff(textBuffer, out);
        }
        begun |= nesting.length() > 0;
        gap.writeTo(out);
        out.append(bracket);
        nesting.open(bracket);
        expect = bracket == '{' ? Expect.KEY : Expect.VALUE;
        return skip(textBuffer);
    }

    /**
     * Closes the innermost bracket of this kind and what is open in it; if there is none, the bracket is one too many.
     */
    private boolean close(TextBuffer textBuffer, char bracket, StringBuilder out) {
        if (nesting.awaits(bracket)) {
            gap.writeEndTo(out, expect == Expect.VALUE);
            nesting.close(bracket, out);
            done = nesting.length() == 0;
            expect = Expect.NEXT;
        }
        return skip(textBuffer);
    }

    private boolean scalar(TextBuffer textBuffer, StringBuilder out) {
        boolean isKey = expect == Expect.KEY;
        LenientString.State state = scalar.read(textBuffer, isKey, gap, out);
        if (state == LenientString.State.CLOSED) {
            expect = isKey ? Expect.COLON : Expect.NEXT;
            return true;
        }
        return state == LenientString.State.BROKEN_OFF && giveUp(textBuffer, out);
    }

    /** Ends the JSON in front of text that is none; if no member was read yet, it never was JSON. */
    private boolean giveUp(TextBuffer textBuffer, StringBuilder out) {
        if (begun || textBuffer.used()) {
            return breakOff(textBuffer, out);
        }
        failed = true;
        done = true;
        return true;
    }

    private boolean breakOff(TextBuffer textBuffer, StringBuilder out) {
        cutOff = expect != Expect.NEXT || textBuffer.truncatedHere();
        done = true;
        brokenOff = true;
        if (!scalar.isOpen()) {
            gap.clear();
        }
        if (!cutOff) {
            nesting.closeAll(out);
        }
        return true;
    }
}
