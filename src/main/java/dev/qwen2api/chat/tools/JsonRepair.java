package dev.qwen2api.chat.tools;

import java.util.Optional;

/** Mends JSON that is all there. */
final class JsonRepair {

    private JsonRepair() {}

    /** The sound JSON of a whole text; empty if it is no object or array, or if something follows it. */
    static Optional<String> mend(String text) {
        String trimmed = text.strip();
        if (!JsonText.isObject(trimmed) && !JsonText.isArray(trimmed)) {
            return Optional.empty();
        }
        Tape tape = new Tape();
        tape.append(trimmed);
        tape.end();
        LenientJson json = LenientJson.ofAnything();
        StringBuilder out = new StringBuilder(trimmed.length() + 16);
        json.read(tape, out);
        return tape.used() ? Optional.of(out.toString()) : Optional.empty();
    }
}
