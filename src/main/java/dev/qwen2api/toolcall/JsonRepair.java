package dev.qwen2api.toolcall;

import java.util.Optional;

/** Repairs JSON that is given as a whole. */
final class JsonRepair {

    private JsonRepair() {}

    /** The valid JSON of a whole text; empty if it is no object or array, or if something follows it. */
    static Optional<String> repair(String text) {
        return repair(text, true);
    }

    /** As {@link #repair(String)}, but empty if the text is cut off within a value. */
    static Optional<String> repairWhole(String text) {
        return repair(text, false);
    }

    private static Optional<String> repair(String text, boolean cutOff) {
        String trimmed = text.strip();
        if (!JsonMembers.isObject(trimmed) && !JsonMembers.isArray(trimmed)) {
            return Optional.empty();
        }
        TextBuffer textBuffer = new TextBuffer();
        textBuffer.append(trimmed);
        textBuffer.end();
        LenientJson json = new LenientJson(JsonTerminator.NONE, true);
        StringBuilder out = new StringBuilder(trimmed.length() + 16);
        json.read(textBuffer, out);
        json.complete(textBuffer, out);
        boolean whole = textBuffer.used() && (cutOff || !json.cutOff());
        return whole ? Optional.of(out.toString()) : Optional.empty();
    }
}
