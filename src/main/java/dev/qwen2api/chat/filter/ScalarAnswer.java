package dev.qwen2api.chat.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer that is one text, number, boolean or null as a whole. Models write a text without its quotation marks, put
 * the value into a fence, or end it as a sentence.
 *
 * @param value what the answer is
 * @param violation how the value violates the schema; empty if it does not
 */
record ScalarAnswer(JsonNode value, Optional<String> violation) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Pattern FENCE = Pattern.compile("```\\w*+\\n(.*?)```", Pattern.DOTALL);

    /** The first reading of the answer that fits the schema. */
    static ScalarAnswer of(String answer, JsonSchema schema) {
        Matcher fence = FENCE.matcher(answer.strip());
        String bare = (fence.matches() ? fence.group(1) : answer).strip();
        List<ScalarAnswer> readings = readings(bare).stream()
                .map(value -> new ScalarAnswer(value, schema.violation(value)))
                .toList();
        return readings.stream()
                .filter(reading -> reading.violation().isEmpty())
                .findFirst()
                .orElse(readings.get(0));
    }

    private static List<JsonNode> readings(String bare) {
        var readings = new ArrayList<JsonNode>();
        parse(bare).ifPresent(readings::add);
        readings.add(TextNode.valueOf(bare));
        if (bare.endsWith(".")) {
            String phrase = bare.substring(0, bare.length() - 1);
            parse(phrase).ifPresent(readings::add);
            readings.add(TextNode.valueOf(phrase));
            parse(phrase.toLowerCase(Locale.ROOT)).ifPresent(readings::add);
        }
        parse(bare.toLowerCase(Locale.ROOT)).ifPresent(readings::add);
        return readings;
    }

    private static Optional<JsonNode> parse(String text) {
        try {
            return Optional.of(JSON.readTree(text)).filter(JsonNode::isValueNode);
        } catch (JsonProcessingException prose) {
            return Optional.empty();
        }
    }

    /** As JSON. */
    String json() {
        return value.toString();
    }

    /** As plain text. */
    String text() {
        return value.asText();
    }
}
