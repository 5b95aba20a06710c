package dev.qwen2api.openai;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.qwen2api.chat.AnswerEvent.Source;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints the sources of an answer as OpenAI's {@code url_citation} annotations: one for each {@code [[n]]} that the upstream
 * wrote into the text, counted from 1. Where the text cites none, all sources stand for the whole text.
 */
final class Citations {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern CITATION = Pattern.compile("\\[\\[(\\d{1,3})]]");

    private Citations() {}

    static ArrayNode of(String content, List<Source> sources) {
        ArrayNode annotations = JSON.createArrayNode();
        Matcher citation = CITATION.matcher(content);
        while (citation.find()) {
            int number = Integer.parseInt(citation.group(1));
            if (number >= 1 && number <= sources.size()) {
                add(annotations, sources.get(number - 1), citation.start(), citation.end());
            }
        }
        if (annotations.isEmpty()) {
            sources.forEach(source -> add(annotations, source, 0, content.length()));
        }
        return annotations;
    }

    private static void add(ArrayNode annotations, Source source, int start, int end) {
        annotations
                .addObject()
                .put("type", "url_citation")
                .putObject("url_citation")
                .put("start_index", start)
                .put("end_index", end)
                .put("url", WellFormed.text(source.url()))
                .put("title", WellFormed.text(source.title()));
    }
}
