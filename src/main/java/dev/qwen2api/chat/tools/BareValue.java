package dev.qwen2api.chat.tools;

/** Reads one value without quotes: a literal, or words. It ends with its line, at a bracket or comma, or behind a literal. */
final class BareValue {

    /** Longest text that may be a literal. */
    private static final int LONGEST_LITERAL = 64;

    private final StringBuilder text = new StringBuilder();

    /** Reads on; {@link Verdict#YES} once the value has ended, or the text. */
    Verdict read(Tape tape, JsonStop stop) {
        while (!tape.used()) {
            char c = tape.charAt(tape.at());
            Verdict ends = endsAt(c) ? Verdict.YES : stop.here(tape, tape.at());
            if (ends != Verdict.NO) {
                return ends;
            }
            text.append(c);
            tape.moveTo(tape.at() + 1);
        }
        return tape.outOfText(Verdict.YES);
    }

    private boolean endsAt(char c) {
        if (c == ' ' || c == '\t') {
            return text.length() <= LONGEST_LITERAL
                    && JsonLiteral.read(text.toString()).isPresent();
        }
        return c == ',' || c == '}' || c == ']' || c == '\n' || c == '\r';
    }

    /** The value as JSON. */
    String json(Tape tape) {
        String read = text.toString();
        return tape.used()
                ? JsonLiteral.readCutOff(read)
                : JsonLiteral.read(read).orElseGet(() -> JsonText.quote(read.strip()));
    }
}
