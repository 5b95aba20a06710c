package dev.qwen2api.chat.tools;

/**
 * Reads the value of one parameter between tags. It is taken literally; one line break is taken off each side where the tags
 * stand on lines of their own. A closing tag ends it only if the call goes on or ends behind it, for the value may hold such
 * tags itself, and a forgotten one is made up for where the next parameter begins or the function ends.
 */
final class ParameterValue {

    private static final int REACH = 256;

    private final String name;

    /** What stands before this member: the brace or a comma. */
    private final char before;

    private final ParameterTypes types;
    private final Tape tape;
    private final boolean text;

    /** The value so far, of a type that is read as a whole. */
    private final StringBuilder whole = new StringBuilder();

    private boolean begun;
    private boolean ownLines;
    private boolean written;

    ParameterValue(String name, char before, ParameterTypes types, Tape tape) {
        this.name = name;
        this.before = before;
        this.types = types;
        this.tape = tape;
        this.text = types.isText(name);
    }

    /** Whether the value was written: an empty one of another type than text says that none is given. */
    boolean written() {
        return written;
    }

    /** Reads on and appends the JSON of this member; true when the value is over. */
    boolean read(StringBuilder out) {
        if (!begun && !begin(out)) {
            return false;
        }
        while (!tape.used()) {
            int lineBreak = lineBreak(tape.at());
            int at = tape.at() + lineBreak;
            if (at >= tape.length() && !tape.ended()) {
                return false;
            }
            Verdict ended = at < tape.length() && tape.charAt(at) == '<' ? endsAt(at) : Verdict.NO;
            if (ended == Verdict.MORE) {
                return false;
            }
            if (ended == Verdict.YES) {
                return end(lineBreak, at, out);
            }
            int to = Math.max(at, tape.at() + 1);
            content(tape.at(), to, out);
            tape.moveTo(to);
        }
        return tape.ended() && close(out);
    }

    private boolean begin(StringBuilder out) {
        boolean halfBreak = !tape.used() && tape.charAt(tape.at()) == '\r' && tape.at() + 1 >= tape.length();
        if ((tape.used() || halfBreak) && !tape.ended()) {
            return false;
        }
        int lineBreak = lineBreak(tape.at());
        ownLines = lineBreak > 0;
        tape.moveTo(tape.at() + lineBreak);
        begun = true;
        if (text) {
            key(out).append('"');
        }
        return true;
    }

    private StringBuilder key(StringBuilder out) {
        written = true;
        return out.append(before).append(JsonText.quote(name)).append(':');
    }

    /** Length of the line break at a position; 0 for none. A break of which half is missing counts as whole. */
    private int lineBreak(int at) {
        if (at >= tape.length()) {
            return 0;
        }
        char c = tape.charAt(at);
        if (c == '\r') {
            boolean alone = at + 1 < tape.length() && tape.charAt(at + 1) != '\n';
            return alone ? 0 : Math.min(2, tape.length() - at);
        }
        return c == '\n' ? 1 : 0;
    }

    private void content(int from, int to, StringBuilder out) {
        for (int i = from; i < to; i++) {
            if (text) {
                JsonText.appendEscaped(out, tape.charAt(i));
            } else {
                whole.append(tape.charAt(i));
            }
        }
    }

    private boolean end(int lineBreak, int at, StringBuilder out) {
        if (!ownLines) {
            content(tape.at(), tape.at() + lineBreak, out);
        }
        Tag tag = TagReader.at(tape, at);
        boolean foreign = tag.kind() == Tag.Kind.NONE;
        tape.moveTo(tag.kind() == Tag.Kind.PARAMETER_END ? tag.end() : foreign ? at + namesakeLength() : at);
        return close(out);
    }

    private boolean close(StringBuilder out) {
        if (text) {
            out.append('"');
        } else {
            types.read(name, whole.toString()).ifPresent(json -> key(out).append(json));
        }
        return true;
    }

    /** Whether the value ends at this bracket. */
    private Verdict endsAt(int at) {
        Tag tag = TagReader.at(tape, at);
        return switch (tag.kind()) {
            case MORE -> Verdict.MORE;
            case PARAMETER_END -> goesOn(tag.end(), true);
            case FUNCTION_END, CLOSE -> goesOn(tag.end(), false);
            case PARAMETER -> startsLine(at) && types.knows(tag.name()) ? Verdict.YES : Verdict.NO;
            case NONE -> namesake(at);
            default -> Verdict.NO;
        };
    }

    private boolean startsLine(int at) {
        return at > tape.at();
    }

    /** Whether behind a closing tag the call goes on ({@code within}), or ends, or nothing follows at all. */
    private Verdict goesOn(int behind, boolean within) {
        int next = tape.skipBlanks(behind, behind + REACH);
        if (next >= tape.length()) {
            return tape.outOfText(Verdict.YES);
        }
        Tag tag = TagReader.at(tape, next);
        if (tag.kind() == Tag.Kind.MORE) {
            return Verdict.MORE;
        }
        boolean on = within && (tag.kind() == Tag.Kind.PARAMETER || tag.kind() == Tag.Kind.FUNCTION_END);
        return on || tag.kind() == Tag.Kind.CLOSE || tag.opens() ? Verdict.YES : Verdict.NO;
    }

    /** Whether the value is closed by a tag that bears the parameter's own name, {@code </content>}. */
    private Verdict namesake(int at) {
        String closing = "</" + name + ">";
        for (int i = 0; i < closing.length(); i++) {
            if (at + i >= tape.length()) {
                return tape.outOfText(Verdict.NO);
            }
            if (tape.charAt(at + i) != closing.charAt(i)) {
                return Verdict.NO;
            }
        }
        return goesOn(at + closing.length(), true);
    }

    private int namesakeLength() {
        return name.length() + 3;
    }
}
