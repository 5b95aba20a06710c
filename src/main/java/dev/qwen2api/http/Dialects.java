package dev.qwen2api.http;

import dev.qwen2api.chat.ProblemPrinter;
import java.util.Map;

/**
 * In which shape a client is told of a problem, by the path it asked for: the longest prefix wins.
 *
 * @param common the shape of every path that has none of its own
 * @param byPrefix shapes by the beginning of the path, such as {@code /api/}
 */
public record Dialects(ProblemPrinter common, Map<String, ProblemPrinter> byPrefix) {

    public Dialects {
        byPrefix = Map.copyOf(byPrefix);
    }

    /** One shape for everything. */
    public Dialects(ProblemPrinter common) {
        this(common, Map.of());
    }

    ProblemPrinter of(String path) {
        return byPrefix.entrySet().stream()
                .filter(entry -> path.startsWith(entry.getKey()))
                .max(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .orElse(common);
    }
}
