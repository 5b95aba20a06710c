package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerPresentation.SearchFormat;
import dev.qwen2api.chat.Markdown;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Prints the sources of a web search once, as Markdown: before the thinking that follows the search, else after the
 * answer; always there for clients that do not look for sources in thinking.
 */
public final class SourcesFilter implements AnswerListener {

    private final SearchFormat format;
    private final boolean afterAnswer;
    private final AnswerListener next;
    private List<Source> sources = List.of();
    private boolean shown;

    public SourcesFilter(SearchFormat format, boolean afterAnswer, AnswerListener next) {
        this.format = format;
        this.afterAnswer = afterAnswer;
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof Sources found) {
            sources = found.list();
        } else if (event instanceof Reasoning && !afterAnswer && pending()) {
            shown = true;
            next.on(new Reasoning(markdown() + "\n"));
        } else if (event instanceof Finished && pending()) {
            shown = true;
            next.on(new Text("\n\n" + markdown()));
        }
        next.on(event);
    }

    private boolean pending() {
        return !shown && !sources.isEmpty();
    }

    private String markdown() {
        String head = format == SearchFormat.TABLE ? "| # | Source | Site |\n|---|---|---|\n" : "";
        return sources.stream().map(this::line).collect(Collectors.joining("\n", head, "\n"));
    }

    private String line(Source source) {
        String link = Markdown.link(source.title(), source.url());
        String site = Markdown.text(source.site() + " " + source.date());
        return format == SearchFormat.TABLE
                ? "| " + source.number() + " | " + link + " | " + site + " |"
                : "[" + source.number() + "] " + link + (site.isBlank() ? "" : " (" + site + ")");
    }
}
