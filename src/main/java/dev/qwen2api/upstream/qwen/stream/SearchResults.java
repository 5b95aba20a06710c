package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what web searches found, in the order in which answers cite it. Results come as {@code tool_result.docs}, or in older
 * streams as {@code web_search_info}, a list or an object with {@code references}; every field but the address may be missing.
 */
final class SearchResults {

    private final Map<String, Source> byUrl = new LinkedHashMap<>();

    /** Takes in what {@code extra} holds; returns whether anything was new. */
    boolean add(@Nullable JsonNode extra) {
        if (extra == null) {
            return false;
        }
        int before = byUrl.size();
        JsonNode older = extra.path("web_search_info");
        addAll(extra.path("tool_result").path("docs"));
        addAll(older.isObject() ? older.path("references") : older);
        return byUrl.size() > before;
    }

    private void addAll(JsonNode docs) {
        for (JsonNode doc : docs) {
            String url = doc.path("url").asText("");
            if (url.startsWith("http://") || url.startsWith("https://")) {
                byUrl.putIfAbsent(url, source(url, doc));
            }
        }
    }

    private static Source source(String url, JsonNode doc) {
        String title = doc.path("title").asText("");
        String date = doc.path("date").asText("").replaceAll("[()]", "").strip();
        return new Source(
                url,
                title.isBlank() ? url : title,
                doc.path("snippet").asText(""),
                doc.path("hostname").asText(""),
                date);
    }

    List<Source> list() {
        return List.copyOf(byUrl.values());
    }
}
