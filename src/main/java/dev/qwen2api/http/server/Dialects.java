package dev.qwen2api.http.server;

import dev.qwen2api.chat.ProblemPrinter;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses the format of an error: by the longest prefix of the path, else by a header that only clients of one
 * dialect send.
 *
 * @param common the shape of everything that has none of its own
 * @param byPrefix shapes by the beginning of the path, such as {@code /api/}
 * @param byHeader shapes by the name of a header
 */
public record Dialects(
        ProblemPrinter common, Map<String, ProblemPrinter> byPrefix, Map<String, ProblemPrinter> byHeader) {

    public Dialects {
        byPrefix = Map.copyOf(byPrefix);
        byHeader = Map.copyOf(byHeader);
    }

    ProblemPrinter of(Context ctx) {
        return byPath(ctx.path()).or(() -> byHeaders(ctx)).orElse(common);
    }

    private Optional<ProblemPrinter> byPath(String path) {
        return byPrefix.entrySet().stream()
                .filter(entry -> path.startsWith(entry.getKey()))
                .max(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue);
    }

    private Optional<ProblemPrinter> byHeaders(Context ctx) {
        return byHeader.entrySet().stream()
                .filter(entry -> ctx.header(entry.getKey()) != null)
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
