package dev.qwen2api.api.openai;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.Markdown;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints the sources of an answer as OpenAI's {@code url_citation} annotations: one for each {@code [[n]]} that the
 * upstream wrote into the text, by the numbers of the sources. Where the text cites none, all sources stand for all of
 * it.
 */
public final class Citations {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern CITATION = Pattern.compile("\\[\\[(\\d{1,3})]]");

    private Citations() {}

    /**
     * As chat completions have them, each fact one level further in.
     *
     * @param start how many characters of the text stand before {@code content}
     */
    static ArrayNode of(String content, int start, List<Source> sources) {
        return list(content, start, sources, annotation -> annotation.putObject("url_citation"));
    }

    /** As responses have them, all facts side by side. */
    public static ArrayNode flat(String content, List<Source> sources) {
        return list(content, 0, sources, annotation -> annotation);
    }

    private static ArrayNode list(String content, int before, List<Source> sources, UnaryOperator<ObjectNode> place) {
        ArrayNode annotations = JSON.createArrayNode();
        Matcher citation = CITATION.matcher(content);
        while (citation.find()) {
            int number = Integer.parseInt(citation.group(1));
            int start = before + citation.start();
            int end = before + citation.end();
            sources.stream()
                    .filter(source -> source.number() == number)
                    .forEach(source -> add(annotations, place, source, start, end));
        }
        if (annotations.isEmpty()) {
            sources.forEach(source -> add(annotations, place, source, 0, before + content.length()));
        }
        return annotations;
    }

    /** Leaves out what is no address of the web: clients make links of them all. */
    private static void add(ArrayNode annotations, UnaryOperator<ObjectNode> place, Source source, int start, int end) {
        if (Markdown.isWebAddress(source.url())) {
            place.apply(annotations.addObject().put("type", "url_citation"))
                    .put("start_index", start)
                    .put("end_index", end)
                    .put("url", WellFormedText.text(Markdown.url(source.url())))
                    .put("title", WellFormedText.text(Markdown.line(source.title())));
        }
    }
}
