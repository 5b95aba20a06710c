package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.Markdown;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Gathers what web searches found, under the numbers with which answers cite it. Results come as
 * {@code tool_result.docs}, or in older streams as {@code web_search_info}, a list or an object with
 * {@code references}; every field but the address may be missing. Numbers go on over several searches, repeated pages
 * included; {@code tool_result.used_id} says how many were given before (13 row 11, 2026-09).
 */
final class SearchResults {

    /** More pages than any answer cites. */
    private static final int MOST = 500;

    /** By the service's numbers, from 1 on. */
    private final TreeMap<Integer, Source> numbered = new TreeMap<>();

    /** The addresses of each list that was taken in, with the number of its first. */
    private final List<Block> blocks = new ArrayList<>();

    private record Block(int first, List<String> urls) {

        /** Whether one of the two lists is the other one, grown. */
        boolean isSameSearch(List<String> other) {
            int common = Math.min(urls.size(), other.size());
            return urls.subList(0, common).equals(other.subList(0, common));
        }
    }

    /** Takes in what {@code extra} holds; returns whether {@link #list} has grown. */
    boolean add(JsonNode extra) {
        int before = list().size();
        JsonNode result = extra.path("tool_result");
        JsonNode older = extra.path("web_search_info");
        addAll(result.path("docs"), result.path("used_id").asInt(-1));
        addAll(older.isObject() ? older.path("references") : older, -1);
        return list().size() > before;
    }

    private void addAll(JsonNode docs, int used) {
        var urls = new ArrayList<String>();
        docs.forEach(doc -> urls.add(doc.path("url").asText("")));
        int first = used >= 0 && used < MOST ? used + 1 : first(urls);
        if (urls.isEmpty() || first + urls.size() > MOST) {
            return;
        }
        blocks.removeIf(block -> block.first() == first && block.urls().size() <= urls.size());
        blocks.add(new Block(first, urls));
        int number = first;
        for (JsonNode doc : docs) {
            numbered.putIfAbsent(number, source(number, doc));
            number++;
        }
    }

    /** A list without a number repeats one that is known, goes on with it if it is the last, or is another search. */
    private int first(List<String> urls) {
        List<String> all = numbered.values().stream().map(Source::url).toList();
        if (new Block(1, all).isSameSearch(urls) && !all.isEmpty()) {
            return 1;
        }
        int last = numbered.isEmpty() ? 0 : numbered.lastKey();
        return blocks.stream()
                .filter(block -> block.isSameSearch(urls))
                .filter(block -> block.urls().size() >= urls.size()
                        || block.first() + block.urls().size() > last)
                .map(Block::first)
                .findFirst()
                .orElse(last + 1);
    }

    private static Source source(int number, JsonNode doc) {
        String url = doc.path("url").asText("");
        String title = doc.path("title").asText("");
        String date = doc.path("date").asText("").replaceAll("[()]", "").strip();
        return new Source(
                number,
                url,
                title.isBlank() ? url : title,
                doc.path("snippet").asText(""),
                doc.path("hostname").asText(""),
                date);
    }

    /** All pages in the order of their numbers, without what has no address of the web. */
    List<Source> list() {
        return numbered.values().stream()
                .filter(source -> Markdown.isWebAddress(source.url()))
                .toList();
    }
}
