package dev.qwen2api.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns thinking summaries into a text that only grows. The upstream sends its titles and thoughts as whole arrays, again and
 * again, a little longer each time (seen since 2026-02); repeated, shrunk and rewritten arrays add nothing.
 */
final class SummaryDiff {

    private final List<Paragraph> paragraphs = new ArrayList<>();

    /** What has been said of one title and its thought. */
    private static final class Paragraph {
        private boolean titled;
        private String thought = "";
    }

    /** What the arrays in {@code extra} say that was not said yet; may be empty. */
    String next(@Nullable JsonNode extra) {
        if (extra == null) {
            return "";
        }
        JsonNode titles = extra.path("summary_title").path("content");
        JsonNode thoughts = extra.path("summary_thought").path("content");
        var news = new StringBuilder();
        int count = Math.max(titles.size(), thoughts.size());
        for (int i = Math.max(0, paragraphs.size() - 1); i < count; i++) {
            if (i == paragraphs.size()) {
                paragraphs.add(new Paragraph());
            }
            tell(
                    paragraphs.get(i),
                    i,
                    titles.path(i).asText(""),
                    thoughts.path(i).asText(""),
                    news);
        }
        return news.toString();
    }

    private static void tell(Paragraph paragraph, int index, String title, String thought, StringBuilder news) {
        boolean untouched = !paragraph.titled && paragraph.thought.isEmpty();
        if (untouched && index > 0 && !(title.isEmpty() && thought.isEmpty())) {
            news.append("\n\n");
        }
        if (untouched && !title.isEmpty()) {
            paragraph.titled = true;
            news.append("**").append(title).append("**\n\n");
        }
        if (thought.length() > paragraph.thought.length() && thought.startsWith(paragraph.thought)) {
            news.append(thought, paragraph.thought.length(), thought.length());
            paragraph.thought = thought;
        }
    }
}
