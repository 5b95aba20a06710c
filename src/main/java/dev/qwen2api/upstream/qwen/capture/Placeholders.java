package dev.qwen2api.upstream.qwen.capture;

import java.util.HashMap;
import java.util.Map;

/** Makes placeholders of the same length on the wire; equal ids get equal ones. One recording, one thread. */
final class Placeholders {

    private static final int SHORTEST_ID = 8;

    /** A raised, a full-width and a mathematical x. */
    private static final int TWO_BYTES = 0x02E3;

    private static final int THREE_BYTES = 0xFF58;
    private static final int FOUR_BYTES = 0x1D431;

    private final Map<String, String> ids = new HashMap<>();

    /** A placeholder for any text: an {@code x} of the same number of UTF-8 bytes for each character. */
    String of(String text) {
        var masked = new StringBuilder(text.length());
        text.codePoints().forEach(c -> masked.appendCodePoint(wide(c)));
        return masked.toString();
    }

    private static int wide(int codePoint) {
        if (codePoint < 0x80) {
            return 'x';
        }
        if (codePoint < 0x800) {
            return TWO_BYTES;
        }
        return codePoint < 0x10000 ? THREE_BYTES : FOUR_BYTES;
    }

    /** A placeholder that tells this id from others: {@code id1xxxxx}. */
    String ofId(String id) {
        if (id.length() < SHORTEST_ID) {
            return of(id);
        }
        return ids.computeIfAbsent(id, fresh -> {
            String number = "id" + (ids.size() + 1);
            String rest = of(fresh);
            return number + rest.substring(Math.min(rest.length(), number.length()));
        });
    }
}
