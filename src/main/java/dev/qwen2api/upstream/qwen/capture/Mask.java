package dev.qwen2api.upstream.qwen.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides what a recording shows: the words of the lists in {@code allowed.txt}, and placeholders of the same length on
 * the wire for all others. Equal ids get equal ones. One recording, one thread.
 */
final class Mask {

    private static final int SHORTEST_ID = 8;

    /** A raised, a full-width and a mathematical x. */
    private static final int TWO_BYTES = 0x02E3;

    private static final int THREE_BYTES = 0xFF58;
    private static final int FOUR_BYTES = 0x1D431;

    private final Map<String, Set<String>> lists = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();

    Mask() {
        try (InputStream in = Mask.class.getResourceAsStream("allowed.txt")) {
            if (in == null) {
                throw new IllegalStateException("allowed.txt is not in the jar");
            }
            read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void read(String text) {
        Set<String> list = new HashSet<>();
        for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
            if (line.startsWith("[")) {
                list = lists.computeIfAbsent(line.substring(1, line.indexOf(']')), name -> new HashSet<>());
            } else if (!line.isBlank()) {
                list.addAll(List.of(line.strip().split(" +")));
            }
        }
    }

    /** Whether the list of that name holds the word. */
    boolean allows(String list, String word) {
        return lists.getOrDefault(list, Set.of()).contains(word);
    }

    /** The word if the list of that name holds it, else its placeholder. */
    String shown(String list, String word) {
        return allows(list, word) ? word : placeholder(word);
    }

    /** An {@code x} of the same number of UTF-8 bytes for each character. */
    String placeholder(String text) {
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
    String idPlaceholder(String id) {
        if (id.length() < SHORTEST_ID) {
            return placeholder(id);
        }
        return ids.computeIfAbsent(id, fresh -> {
            String number = "id" + (ids.size() + 1);
            String rest = placeholder(fresh);
            return number + rest.substring(Math.min(rest.length(), number.length()));
        });
    }
}
