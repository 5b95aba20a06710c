package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns thinking summaries into a text that only grows. The upstream sends its titles and thoughts as whole arrays,
 * again and again, a little longer each time (seen since 2026-02); repeated, shrunk and rewritten arrays add nothing.
 * After a tool was used a second summary follows, with arrays that go on or begin anew.
 */
public final class SummaryDiff {

    private final List<Paragraph> paragraphs = new ArrayList<>();
    private boolean said;
    private boolean mayBeginAnew;

    /** What has been said of one title and its thought. */
    private static final class Paragraph {
        private String title = "";
        private String thought = "";
    }

    /** What the arrays in {@code extra} say that was not said yet; may be empty. */
    public String next(@Nullable JsonNode extra) {
        if (extra == null) {
            return "";
        }
        JsonNode titles = extra.path("summary_title").path("content");
        JsonNode thoughts = extra.path("summary_thought").path("content");
        int count = Math.max(titles.size(), thoughts.size());
        if (mayBeginAnew && count > 0) {
            mayBeginAnew = false;
            beginAnewUnlessKnown(text(titles, 0), text(thoughts, 0));
        }
        var news = new StringBuilder();
        for (int i = Math.max(0, paragraphs.size() - 1); i < count; i++) {
            if (i == paragraphs.size()) {
                paragraphs.add(new Paragraph());
            }
            tell(paragraphs.get(i), text(titles, i), text(thoughts, i), news);
        }
        return news.toString();
    }

    /** The upstream called this phase of thinking finished; another one may follow. */
    public void phaseEnded() {
        mayBeginAnew = true;
    }

    private void beginAnewUnlessKnown(String title, String thought) {
        boolean known = !paragraphs.isEmpty()
                && paragraphs.get(0).title.equals(title)
                && thought.startsWith(paragraphs.get(0).thought);
        if (!known) {
            paragraphs.clear();
        }
    }

    private static String text(JsonNode array, int index) {
        return array.path(index).asText("");
    }

    private void tell(Paragraph paragraph, String title, String thought, StringBuilder news) {
        if (paragraph.title.isEmpty() && paragraph.thought.isEmpty() && !title.isEmpty()) {
            block(news).append("**").append(title).append("**");
            paragraph.title = title;
        }
        String before = paragraph.thought;
        if (thought.length() > before.length() && thought.startsWith(before)) {
            (before.isEmpty() ? block(news) : news).append(thought, before.length(), thought.length());
            paragraph.thought = thought;
        }
    }

    /** A title or a thought begins: after a blank line, where something stands before it. */
    private StringBuilder block(StringBuilder news) {
        news.append(said ? "\n\n" : "");
        said = true;
        return news;
    }
}
