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

/** The lists of what a recording may show, read from {@code allowed.txt}. Immutable. */
final class Allowed {

    private final Map<String, Set<String>> lists;

    private Allowed(Map<String, Set<String>> lists) {
        this.lists = lists;
    }

    static Allowed load() {
        try (InputStream in = Allowed.class.getResourceAsStream("allowed.txt")) {
            if (in == null) {
                throw new IllegalStateException("allowed.txt is not in the jar");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Allowed parse(String text) {
        Map<String, Set<String>> lists = new HashMap<>();
        Set<String> list = new HashSet<>();
        for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
            if (line.startsWith("[")) {
                list = lists.computeIfAbsent(line.substring(1, line.indexOf(']')), name -> new HashSet<>());
            } else if (!line.isBlank()) {
                list.addAll(List.of(line.strip().split(" +")));
            }
        }
        return new Allowed(lists);
    }

    /** Whether the list of that name holds the word. */
    boolean has(String list, String word) {
        return lists.getOrDefault(list, Set.of()).contains(word);
    }
}
