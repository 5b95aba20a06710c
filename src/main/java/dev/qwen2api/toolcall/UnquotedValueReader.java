package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/** Reads one value without quotes: a literal, or words. It ends with its line, at a bracket or comma, or behind a literal. */
final class UnquotedValueReader {

    /** Longest text that may be a literal. */
    private static final int LONGEST_LITERAL = 64;

    private final StringBuilder text = new StringBuilder();

    /** Reads on; {@link MatchResult#YES} once the value has ended, or the text. */
    MatchResult read(TextBuffer textBuffer, JsonTerminator stop) {
        while (!textBuffer.used()) {
            char c = textBuffer.charAt(textBuffer.at());
            MatchResult ends = endsAt(c) ? MatchResult.YES : stop.here(textBuffer, textBuffer.at());
            if (ends != MatchResult.NO) {
                return ends;
            }
            text.append(c);
            textBuffer.moveTo(textBuffer.at() + 1);
        }
        return textBuffer.outOfText(MatchResult.YES);
    }

    private boolean endsAt(char c) {
        if (c == ' ' || c == '\t') {
            return text.length() <= LONGEST_LITERAL
                    && JsonLiteral.read(text.toString()).isPresent();
        }
        return c == ',' || c == '}' || c == ']' || c == '\n' || c == '\r';
    }

    /** Whether the value is complete though nothing follows it: true, false or null. */
    boolean isWholeName() {
        String read = text.toString();
        return read.equals("true") || read.equals("false") || read.equals("null");
    }

    /** The value as JSON. */
    String json(TextBuffer textBuffer) {
        String read = text.toString();
        return textBuffer.used()
                ? JsonLiteral.readCutOff(read)
                : JsonLiteral.read(read).orElseGet(() -> JsonMembers.quote(read.strip()));
    }
}
