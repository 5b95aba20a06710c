package dev.qwen2api.toolcall;

import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object or array the way a model wrote it and writes it down the way it should have been written. Sound JSON
 * comes out as it went in, character for character. Otherwise it understands: any quotes or none, Python's and JavaScript's
 * literals, comments, missing, doubled and trailing commas, raw line breaks and unescaped quotes in strings, unknown escapes,
 * brackets of the wrong kind, doubled braces, and text that breaks off. What it writes is at any time the beginning of sound
 * JSON, so it can be passed on while it is read. Time is linear in the text, memory in the nesting.
 */
final class LenientJson {

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
    private Expect expect = Expect.VALUE;
    private final JsonSeparator gap = new JsonSeparator();
    private @Nullable LenientString string;
    private @Nullable UnquotedValueReader bare;
    private @Nullable JsonComment comment;

    /** Whether anything was understood that makes this JSON. */
    private boolean begun;

    private boolean done;
    private boolean failed;
    private boolean brokenOff;

    /** Reads what may turn out not to be JSON at all, and stops in front of marks. */
    LenientJson(JsonTerminator stop) {
        this.stop = stop;
    }

    /** Reads what is known to be JSON of some kind. */
    static LenientJson ofAnything() {
        LenientJson json = new LenientJson(JsonTerminator.NONE);
        json.begun = true;
        return json;
    }

    /** Whether the JSON is complete, or has turned out to be none. */
    boolean done() {
        return done;
    }

    /** Whether the text turned out not to be JSON before anything of it was understood. */
    boolean failed() {
        return failed;
    }

    /** Whether the JSON had to be closed because the text, or what could be read as JSON, ended. */
    boolean brokenOff() {
        return brokenOff;
    }

    /** Reads as far as it can be sure, and appends sound JSON. The text at the first call is an opening bracket. */
    void read(TextBuffer textBuffer, StringBuilder out) {
        boolean going = true;
        while (going && !done) {
            going = step(textBuffer, out);
        }
    }

    /** Does one step; false if it needs more text. */
    private boolean step(TextBuffer textBuffer, StringBuilder out) {
        if (string != null) {
            return string(textBuffer, string, out);
        }
        if (bare != null) {
            return bareValue(textBuffer, bare, out);
        }
        if (comment != null) {
            return comment(textBuffer, comment);
        }
        if (textBuffer.used()) {
            return textBuffer.ended() && breakOff(out);
        }
        char c = textBuffer.charAt(textBuffer.at());
        if (TextBuffer.isBlank(c)) {
            gap.blank(c);
            return skip(textBuffer);
        }
        return betweenValues(textBuffer, c, out);
    }

    private boolean betweenValues(TextBuffer textBuffer, char c, StringBuilder out) {
        MatchResult outside = nesting.length() == 0 ? MatchResult.NO : stop.here(textBuffer, textBuffer.at());
        if (outside != MatchResult.NO) {
            return outside == MatchResult.YES && breakOff(out);
        }
        MatchResult commented = JsonComment.beginsAt(textBuffer);
        if (commented != MatchResult.NO) {
            comment = commented == MatchResult.YES ? JsonComment.begin(textBuffer) : null;
            return commented == MatchResult.YES;
        }
        return switch (expect) {
            case KEY -> key(textBuffer, c, out);
            case COLON -> colon(textBuffer, c, out);
            case VALUE -> value(textBuffer, c, out);
            default -> next(textBuffer, c, out);
        };
    }

    private static boolean skip(TextBuffer textBuffer) {
        textBuffer.moveTo(textBuffer.at() + 1);
        return true;
    }

    private boolean comment(TextBuffer textBuffer, JsonComment current) {
        boolean over = current.skip(textBuffer);
        comment = over ? null : current;
        return over;
    }

    private boolean key(TextBuffer textBuffer, char c, StringBuilder out) {
        if (c == '}' || c == ']') {
            return close(textBuffer, c, out);
        }
        boolean doubled = c == '{' && nesting.length() == 1 && !begun;
        if (c == ',' || doubled) {
            return skip(textBuffer);
        }
        if (KeyLookahead.isQuote(c)) {
            return openString(textBuffer, c, out);
        }
        MatchResult bareKey = KeyLookahead.at(textBuffer, textBuffer.at());
        if (bareKey == MatchResult.MORE) {
            return false;
        }
        return bareKey == MatchResult.YES ? bareKey(textBuffer) : giveUp(out);
    }

    private boolean bareKey(TextBuffer textBuffer) {
        int from = textBuffer.at();
        int to = from;
        while (to < textBuffer.length() && KeyLookahead.isNamePart(textBuffer.charAt(to))) {
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
        if (c == '}' || c == ']') {
            return close(textBuffer, c, out);
        }
        if (c == ',') {
            gap.dropKey();
            expect = Expect.KEY;
            return skip(textBuffer);
        }
        return giveUp(out);
    }

    private boolean value(TextBuffer textBuffer, char c, StringBuilder out) {
        if (c == '{' || c == '[') {
            return open(textBuffer, c, out);
        }
        if (c == '}' || c == ']') {
            return close(textBuffer, c, out);
        }
        if (c == ',' || c == ':' || c == '>') {
            return strayMark(textBuffer, c, out);
        }
        if (!begun) {
            return giveUp(out);
        }
        if (KeyLookahead.isQuote(c)) {
            return openString(textBuffer, c, out);
        }
        bare = new UnquotedValueReader();
        return true;
    }

    /** A comma where a member's value should be stands for null; a colon too many, or the end of an arrow, for nothing. */
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
        if (c == '}' || c == ']') {
            return close(textBuffer, c, out);
        }
        boolean list = nesting.inList();
        if (c == ',' || c == ';') {
            gap.comma();
            expect = list ? Expect.VALUE : Expect.KEY;
            return skip(textBuffer);
        }
        MatchResult goesOn = list ? startsValue(c) : KeyLookahead.at(textBuffer, textBuffer.at());
        if (goesOn == MatchResult.MORE) {
            return false;
        }
        if (goesOn == MatchResult.NO) {
            return giveUp(out);
        }
        gap.forgottenComma();
        expect = list ? Expect.VALUE : Expect.KEY;
        return true;
    }

    private static MatchResult startsValue(char c) {
        boolean starts = KeyLookahead.isQuote(c) || c == '{' || c == '[' || c == '-' || c >= '0' && c <= '9';
        return starts ? MatchResult.YES : MatchResult.NO;
    }

    private boolean open(TextBuffer textBuffer, char bracket, StringBuilder out) {
        begun |= nesting.length() > 0;
        gap.writeTo(out);
        out.append(bracket);
        nesting.open(bracket);
        expect = bracket == '{' ? Expect.KEY : Expect.VALUE;
        return skip(textBuffer);
    }

    /** Closes the innermost bracket of this kind and what is open in it; if there is none, the bracket is one too many. */
    private boolean close(TextBuffer textBuffer, char bracket, StringBuilder out) {
        if (!nesting.awaits(bracket)) {
            return skip(textBuffer);
        }
        writeEnd(out);
        nesting.close(bracket, out);
        done = nesting.length() == 0;
        expect = Expect.NEXT;
        return skip(textBuffer);
    }

    /** Writes what stands before a closing bracket: no trailing comma, and null for a value that is missing. */
    private void writeEnd(StringBuilder out) {
        if (gap.hasKey() && expect == Expect.VALUE) {
            gap.writeTo(out);
            out.append("null");
        } else {
            gap.writeBlanksTo(out);
        }
    }

    private boolean openString(TextBuffer textBuffer, char quote, StringBuilder out) {
        if (expect == Expect.KEY) {
            gap.key().append('"');
            return begin(textBuffer, quote, LenientString.Kind.KEY);
        }
        MatchResult triple = LenientString.opensTriple(textBuffer);
        if (triple == MatchResult.MORE) {
            return false;
        }
        gap.writeTo(out);
        out.append('"');
        return begin(
                textBuffer,
                quote,
                triple == MatchResult.YES ? LenientString.Kind.TRIPLE_QUOTED : LenientString.Kind.VALUE);
    }

    private boolean begin(TextBuffer textBuffer, char quote, LenientString.Kind kind) {
        textBuffer.moveTo(textBuffer.at() + (kind == LenientString.Kind.TRIPLE_QUOTED ? 3 : 1));
        string = new LenientString(quote, kind, nesting, stop);
        return true;
    }

    private boolean string(TextBuffer textBuffer, LenientString current, StringBuilder out) {
        boolean isKey = expect == Expect.KEY;
        StringBuilder target = isKey ? gap.key() : out;
        LenientString.State state = current.read(textBuffer, target);
        if (state == LenientString.State.OPEN) {
            return false;
        }
        target.append('"');
        string = null;
        expect = isKey ? Expect.COLON : Expect.NEXT;
        if (state == LenientString.State.CLOSED) {
            return true;
        }
        return textBuffer.used() ? breakOff(out) : giveUp(out);
    }

    private boolean bareValue(TextBuffer textBuffer, UnquotedValueReader current, StringBuilder out) {
        if (current.read(textBuffer, stop) == MatchResult.MORE) {
            return false;
        }
        gap.writeTo(out);
        out.append(current.json(textBuffer));
        bare = null;
        expect = Expect.NEXT;
        return true;
    }

    /** What comes is no JSON: if nothing was understood yet it never was, else it ends here. */
    private boolean giveUp(StringBuilder out) {
        if (begun) {
            return breakOff(out);
        }
        failed = true;
        done = true;
        return true;
    }

    /** Closes all that is open; a member without a value is dropped. */
    private boolean breakOff(StringBuilder out) {
        gap.clear();
        nesting.closeAll(out);
        done = true;
        brokenOff = true;
        return true;
    }
}
