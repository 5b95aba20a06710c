package dev.qwen2api.chat.tools;

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

    private final JsonStop stop;

    private final JsonNesting nesting = new JsonNesting();
    private Expect expect = Expect.VALUE;
    private final JsonGap gap = new JsonGap();
    private @Nullable LenientString string;
    private @Nullable BareValue bare;
    private @Nullable JsonComment comment;

    /** Whether anything was understood that makes this JSON. */
    private boolean begun;

    private boolean done;
    private boolean failed;
    private boolean brokenOff;

    /** Reads what may turn out not to be JSON at all, and stops in front of marks. */
    LenientJson(JsonStop stop) {
        this.stop = stop;
    }

    /** Reads what is known to be JSON of some kind. */
    static LenientJson ofAnything() {
        LenientJson json = new LenientJson(JsonStop.NONE);
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
    void read(Tape tape, StringBuilder out) {
        boolean going = true;
        while (going && !done) {
            going = step(tape, out);
        }
    }

    /** Does one step; false if it needs more text. */
    private boolean step(Tape tape, StringBuilder out) {
        if (string != null) {
            return string(tape, string, out);
        }
        if (bare != null) {
            return bareValue(tape, bare, out);
        }
        if (comment != null) {
            return comment(tape, comment);
        }
        if (tape.used()) {
            return tape.ended() && breakOff(out);
        }
        char c = tape.charAt(tape.at());
        if (Tape.isBlank(c)) {
            gap.blank(c);
            return skip(tape);
        }
        return betweenValues(tape, c, out);
    }

    private boolean betweenValues(Tape tape, char c, StringBuilder out) {
        Verdict outside = nesting.length() == 0 ? Verdict.NO : stop.here(tape, tape.at());
        if (outside != Verdict.NO) {
            return outside == Verdict.YES && breakOff(out);
        }
        Verdict commented = JsonComment.beginsAt(tape);
        if (commented != Verdict.NO) {
            comment = commented == Verdict.YES ? JsonComment.begin(tape) : null;
            return commented == Verdict.YES;
        }
        return switch (expect) {
            case KEY -> key(tape, c, out);
            case COLON -> colon(tape, c, out);
            case VALUE -> value(tape, c, out);
            default -> next(tape, c, out);
        };
    }

    private static boolean skip(Tape tape) {
        tape.moveTo(tape.at() + 1);
        return true;
    }

    private boolean comment(Tape tape, JsonComment current) {
        boolean over = current.skip(tape);
        comment = over ? null : current;
        return over;
    }

    private boolean key(Tape tape, char c, StringBuilder out) {
        if (c == '}' || c == ']') {
            return close(tape, c, out);
        }
        boolean doubled = c == '{' && nesting.length() == 1 && !begun;
        if (c == ',' || doubled) {
            return skip(tape);
        }
        if (KeyAhead.isQuote(c)) {
            return openString(tape, c, out);
        }
        Verdict bareKey = KeyAhead.at(tape, tape.at());
        if (bareKey == Verdict.MORE) {
            return false;
        }
        return bareKey == Verdict.YES ? bareKey(tape) : giveUp(out);
    }

    private boolean bareKey(Tape tape) {
        int from = tape.at();
        int to = from;
        while (to < tape.length() && KeyAhead.isNamePart(tape.charAt(to))) {
            to++;
        }
        gap.key().append(JsonText.quote(tape.slice(from, to)));
        tape.moveTo(to);
        expect = Expect.COLON;
        return true;
    }

    private boolean colon(Tape tape, char c, StringBuilder out) {
        if (c == ':' || c == '=') {
            gap.key().append(':');
            begun = true;
            expect = Expect.VALUE;
            return skip(tape);
        }
        if (c == '}' || c == ']') {
            return close(tape, c, out);
        }
        if (c == ',') {
            gap.dropKey();
            expect = Expect.KEY;
            return skip(tape);
        }
        return giveUp(out);
    }

    private boolean value(Tape tape, char c, StringBuilder out) {
        if (c == '{' || c == '[') {
            return open(tape, c, out);
        }
        if (c == '}' || c == ']') {
            return close(tape, c, out);
        }
        if (c == ',' || c == ':' || c == '>') {
            return strayMark(tape, c, out);
        }
        if (!begun) {
            return giveUp(out);
        }
        if (KeyAhead.isQuote(c)) {
            return openString(tape, c, out);
        }
        bare = new BareValue();
        return true;
    }

    /** A comma where a member's value should be stands for null; a colon too many, or the end of an arrow, for nothing. */
    private boolean strayMark(Tape tape, char c, StringBuilder out) {
        if (c != ',' || !gap.hasKey()) {
            return skip(tape);
        }
        gap.writeTo(out);
        out.append("null");
        expect = Expect.NEXT;
        return true;
    }

    private boolean next(Tape tape, char c, StringBuilder out) {
        if (c == '}' || c == ']') {
            return close(tape, c, out);
        }
        boolean list = nesting.inList();
        if (c == ',' || c == ';') {
            gap.comma();
            expect = list ? Expect.VALUE : Expect.KEY;
            return skip(tape);
        }
        Verdict goesOn = list ? startsValue(c) : KeyAhead.at(tape, tape.at());
        if (goesOn == Verdict.MORE) {
            return false;
        }
        if (goesOn == Verdict.NO) {
            return giveUp(out);
        }
        gap.forgottenComma();
        expect = list ? Expect.VALUE : Expect.KEY;
        return true;
    }

    private static Verdict startsValue(char c) {
        boolean starts = KeyAhead.isQuote(c) || c == '{' || c == '[' || c == '-' || c >= '0' && c <= '9';
        return starts ? Verdict.YES : Verdict.NO;
    }

    private boolean open(Tape tape, char bracket, StringBuilder out) {
        begun |= nesting.length() > 0;
        gap.writeTo(out);
        out.append(bracket);
        nesting.open(bracket);
        expect = bracket == '{' ? Expect.KEY : Expect.VALUE;
        return skip(tape);
    }

    /** Closes the innermost bracket of this kind and what is open in it; if there is none, the bracket is one too many. */
    private boolean close(Tape tape, char bracket, StringBuilder out) {
        if (!nesting.awaits(bracket)) {
            return skip(tape);
        }
        writeEnd(out);
        nesting.close(bracket, out);
        done = nesting.length() == 0;
        expect = Expect.NEXT;
        return skip(tape);
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

    private boolean openString(Tape tape, char quote, StringBuilder out) {
        if (expect == Expect.KEY) {
            gap.key().append('"');
            return begin(tape, quote, LenientString.Kind.KEY);
        }
        Verdict triple = LenientString.opensTriple(tape);
        if (triple == Verdict.MORE) {
            return false;
        }
        gap.writeTo(out);
        out.append('"');
        return begin(tape, quote, triple == Verdict.YES ? LenientString.Kind.TRIPLE_QUOTED : LenientString.Kind.VALUE);
    }

    private boolean begin(Tape tape, char quote, LenientString.Kind kind) {
        tape.moveTo(tape.at() + (kind == LenientString.Kind.TRIPLE_QUOTED ? 3 : 1));
        string = new LenientString(quote, kind, nesting, stop);
        return true;
    }

    private boolean string(Tape tape, LenientString current, StringBuilder out) {
        boolean isKey = expect == Expect.KEY;
        StringBuilder target = isKey ? gap.key() : out;
        LenientString.State state = current.read(tape, target);
        if (state == LenientString.State.OPEN) {
            return false;
        }
        target.append('"');
        string = null;
        expect = isKey ? Expect.COLON : Expect.NEXT;
        if (state == LenientString.State.CLOSED) {
            return true;
        }
        return tape.used() ? breakOff(out) : giveUp(out);
    }

    private boolean bareValue(Tape tape, BareValue current, StringBuilder out) {
        if (current.read(tape, stop) == Verdict.MORE) {
            return false;
        }
        gap.writeTo(out);
        out.append(current.json(tape));
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
