package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/**
 * Reads the value of one parameter between tags. It is taken literally; one line break is taken off each side where the
 * tags stand on lines of their own. A closing tag ends it only if the call goes on or ends behind it, for the value may
 * hold such tags itself, and a forgotten one is made up for where the next parameter begins or the function ends.
 */
final class ParameterValueReader {

    private static final int REACH = 256;

    private final String name;

    /** A tag that bears the parameter's own name may close the value too: {@code </content>}. */
    private final String namesake;

    /** What stands before this member: the brace or a comma. */
    private final char before;

    private final ParameterTypes types;
    private final TextBuffer textBuffer;
    private final boolean text;

    /** The value so far, of a type that is read as a whole. */
    private final StringBuilder whole = new StringBuilder();

    private boolean begun;
    private boolean ownLines;
    private boolean written;
    private boolean cutOff;

    ParameterValueReader(String name, char before, ParameterTypes types, TextBuffer textBuffer) {
        this.name = name;
        this.namesake = "</" + name + ">";
        this.before = before;
        this.types = types;
        this.textBuffer = textBuffer;
        this.text = types.isText(name);
    }

    /** Whether the value was written: an empty one of another type than text stands for none. */
    boolean written() {
        return written;
    }

    /** Whether the text ended within the value, which then stays open. */
    boolean cutOff() {
        return cutOff;
    }

    /** Reads on and appends the JSON of this member; true when the value is over. */
    boolean read(StringBuilder out) {
        if (!begun && !begin(out)) {
            return false;
        }
        while (!textBuffer.used()) {
            int lineBreak = lineBreak(textBuffer.at());
            int at = textBuffer.at() + lineBreak;
            if (at >= textBuffer.length() && !textBuffer.ended()) {
                return false;
            }
            MatchResult ended = at < textBuffer.length() && textBuffer.charAt(at) == '<' ? endsAt(at) : MatchResult.NO;
            if (ended == MatchResult.MORE) {
                return false;
            }
            if (ended == MatchResult.YES) {
                return end(lineBreak, at, out);
            }
            int to = Math.max(at, textBuffer.at() + 1);
            content(textBuffer.at(), to, out);
            textBuffer.moveTo(to);
        }
        cutOff = textBuffer.ended();
        return cutOff;
    }

    private boolean begin(StringBuilder out) {
        boolean halfBreak =
                !textBuffer.used() && textBuffer.current() == '\r' && textBuffer.at() + 1 >= textBuffer.length();
        if ((textBuffer.used() || halfBreak) && !textBuffer.ended()) {
            return false;
        }
        int lineBreak = lineBreak(textBuffer.at());
        ownLines = lineBreak > 0;
        textBuffer.moveTo(textBuffer.at() + lineBreak);
        begun = true;
        if (text) {
            key(out).append('"');
        }
        return true;
    }

    private StringBuilder key(StringBuilder out) {
        written = true;
        return out.append(before).append(JsonMembers.quote(name)).append(':');
    }

    /** Length of the line break at a position; 0 for none. A break of which half is missing counts as whole. */
    private int lineBreak(int at) {
        if (at >= textBuffer.length()) {
            return 0;
        }
        char c = textBuffer.charAt(at);
        if (c == '\r') {
            boolean alone = at + 1 < textBuffer.length() && textBuffer.charAt(at + 1) != '\n';
            return alone ? 0 : Math.min(2, textBuffer.length() - at);
        }
        return c == '\n' ? 1 : 0;
    }

    private void content(int from, int to, StringBuilder out) {
        for (int i = from; i < to; i++) {
            if (text) {
                JsonMembers.appendEscaped(out, textBuffer.charAt(i));
            } else {
                whole.append(textBuffer.charAt(i));
            }
        }
    }

    private boolean end(int lineBreak, int at, StringBuilder out) {
        if (!ownLines) {
            content(textBuffer.at(), textBuffer.at() + lineBreak, out);
        }
        CallTag callTag = CallTagMatcher.at(textBuffer, at);
        textBuffer.moveTo(
                switch (callTag.type()) {
                    case PARAMETER_END -> callTag.end();
                    case NONE -> at + namesake.length();
                    default -> at;
                });
        if (text) {
            out.append('"');
        } else {
            types.read(name, whole.toString()).ifPresent(json -> key(out).append(json));
        }
        return true;
    }

    /** Whether the value ends at this bracket; that of another parameter must begin a line. */
    private MatchResult endsAt(int at) {
        CallTag callTag = CallTagMatcher.at(textBuffer, at);
        return switch (callTag.type()) {
            case MORE -> MatchResult.MORE;
            case PARAMETER_END -> goesOn(callTag.end(), true);
            case FUNCTION_END, CLOSE -> goesOn(callTag.end(), false);
            case PARAMETER -> at > textBuffer.at() && types.knows(callTag.name()) ? MatchResult.YES : MatchResult.NO;
            case NONE -> endsAtNamesake(at);
            default -> MatchResult.NO;
        };
    }

    /** Whether behind a closing tag the call goes on ({@code within}), or ends, or nothing follows at all. */
    private MatchResult goesOn(int behind, boolean within) {
        int next = textBuffer.skipBlanks(behind, behind + REACH);
        if (next >= textBuffer.length()) {
            return textBuffer.outOfText(MatchResult.YES);
        }
        CallTag callTag = CallTagMatcher.at(textBuffer, next);
        if (callTag.type() == CallTag.TagType.MORE) {
            return MatchResult.MORE;
        }
        boolean ends = switch (callTag.type()) {
            case PARAMETER, FUNCTION_END -> within;
            case CLOSE, RESULT -> true;
            case NONE -> within && CallTagMatcher.endsInTag(textBuffer, next);
            default -> callTag.opens();
        };
        return ends ? MatchResult.YES : MatchResult.NO;
    }

    private MatchResult endsAtNamesake(int at) {
        MatchResult found = textBuffer.startsWith(at, namesake);
        return found == MatchResult.YES ? goesOn(at + namesake.length(), true) : found;
    }
}
