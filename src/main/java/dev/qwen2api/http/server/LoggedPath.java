package dev.qwen2api.http.server;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints a path without a route for the log: words of APIs are kept, others, which may be keys, become {@code *}. */
final class LoggedPath {

    private static final int MOST_SEGMENTS = 8;

    private static final Set<String> WORDS = Set.of((""
                    + " v1 v2 v3 v1beta api cli openai anthropic compatible-mode chat completions completion responses"
                    + " messages count_tokens models images generations edits variations videos content embeddings audio"
                    + " speech transcriptions files moderations assistants threads batches verify health healthz readyz"
                    + " metrics stream favicon.ico robots.txt index.html")
            .split(" "));

    private LoggedPath() {}

    static String of(@Nullable String path) {
        if (path == null || path.isEmpty()) {
            return "-";
        }
        String[] segments = path.split("/", MOST_SEGMENTS);
        return Arrays.stream(segments)
                .map(segment -> WORDS.contains(segment) ? segment : "*")
                .collect(Collectors.joining("/"));
    }
}
