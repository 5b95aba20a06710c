package dev.qwen2api.api.openai;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.AnswerEvent.Source;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints the sources of an answer as OpenAI's {@code url_citation} annotations: one for each {@code [[n]]} that the
 * upstream wrote into the text, counted from 1. Where the text cites none, all sources stand for the whole text.
 */
public final class Citations {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern CITATION = Pattern.compile("\\[\\[(\\d{1,3})]]");

    private Citations() {}

    /** As chat completions have them, each fact one level further in. */
    static ArrayNode of(String content, List<Source> sources) {
        return list(content, sources, annotation -> annotation.putObject("url_citation"));
    }

    /** As responses have them, all facts side by side. */
    public static ArrayNode flat(String content, List<Source> sources) {
        return list(content, sources, annotation -> annotation);
    }

    private static ArrayNode list(String content, List<Source> sources, UnaryOperator<ObjectNode> place) {
        ArrayNode annotations = JSON.createArrayNode();
        Matcher citation = CITATION.matcher(content);
        while (citation.find()) {
            int number = Integer.parseInt(citation.group(1));
            if (number >= 1 && number <= sources.size()) {
                tell(add(annotations, place), sources.get(number - 1), citation.start(), citation.end());
            }
        }
        if (annotations.isEmpty()) {
            sources.forEach(source -> tell(add(annotations, place), source, 0, content.length()));
        }
        return annotations;
    }

    private static ObjectNode add(ArrayNode annotations, UnaryOperator<ObjectNode> place) {
        return place.apply(annotations.addObject().put("type", "url_citation"));
    }

    private static void tell(ObjectNode facts, Source source, int start, int end) {
        facts.put("start_index", start)
                .put("end_index", end)
                .put("url", WellFormedText.text(source.url()))
                .put("title", WellFormedText.text(source.title()));
    }
}
