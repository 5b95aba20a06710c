package dev.qwen2api.toolcall;

import java.util.Optional;

/** Mends JSON that is all there. */
final class JsonRepair {

    private JsonRepair() {}

    /** The sound JSON of a whole text; empty if it is no object or array, or if something follows it. */
    static Optional<String> mend(String text) {
        String trimmed = text.strip();
        if (!JsonMembers.isObject(trimmed) && !JsonMembers.isArray(trimmed)) {
            return Optional.empty();
        }
        TextBuffer textBuffer = new TextBuffer();
        textBuffer.append(trimmed);
        textBuffer.end();
        LenientJson json = LenientJson.ofAnything();
        StringBuilder out = new StringBuilder(trimmed.length() + 16);
        json.read(textBuffer, out);
        return textBuffer.used() ? Optional.of(out.toString()) : Optional.empty();
    }
}
