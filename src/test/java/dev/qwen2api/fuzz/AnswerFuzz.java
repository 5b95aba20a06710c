package dev.qwen2api.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerPresentation;
import dev.qwen2api.chat.AnswerPresentation.SearchFormat;
import dev.qwen2api.chat.AnswerPresentation.ThinkFormat;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.BrokenAnswerException;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.filter.AnswerFilters;
import dev.qwen2api.chat.filter.JsonModeFilter;
import dev.qwen2api.chat.filter.StopSequenceFilter;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.toolcall.ToolCallParser;
import dev.qwen2api.upstream.qwen.stream.AnswerContext;
import dev.qwen2api.upstream.qwen.stream.FrameDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Answers: what a model writes, and the stream in which the service sends it. */
final class AnswerFuzz {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static {
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(2000)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .build());
    }

    private static final List<Tool> TOOLS = List.of(
            new Tool("now", "Tells the time", "{}"),
            new Tool(
                    "read_file",
                    "Reads a file",
                    "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
                            + "\"start\":{\"type\":\"integer\"},\"all\":{\"type\":\"boolean\"},"
                            + "\"options\":{\"type\":\"object\"},\"tags\":{\"type\":\"array\","
                            + "\"items\":{\"type\":\"string\"}}},\"required\":[\"path\"]}"),
            new Tool("get_weather", "", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}"));

    private static final List<String> WORDS = List.of(
            "Well: ",
            "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>",
            " {\"a\": [1, \"b\"]} ",
            "END stop\n");

    private AnswerFuzz() {}

    /** The text of a model that was offered tools. */
    static void toolCalls(byte[] input) throws JsonProcessingException {
        String text = Pieces.text(input);
        Story whole = parsed(List.of(text));
        Story.same(whole, parsed(Pieces.cut(text)));
        List<String> told = whole.told();
        boolean cutOff = told.get(told.size() - 1).contains("LENGTH");
        for (int i = 0; i < told.size() && !cutOff; i++) {
            if (told.get(i).startsWith("call ")) {
                String next = told.get(i + 1);
                JsonNode arguments = JSON.readTree(next.substring(next.indexOf('{')));
                if (!next.startsWith("arguments ") || !arguments.isObject()) {
                    throw new AssertionError("a call without an object of arguments: " + told);
                }
            }
        }
    }

    private static Story parsed(List<String> pieces) {
        var story = new Story();
        var parser = new ToolCallParser(TOOLS, ids(), Integer.MAX_VALUE, AnswerRetry.NEVER, story);
        return heard(pieces, parser, story);
    }

    private static Supplier<String> ids() {
        var count = new AtomicInteger();
        return () -> "call_" + count.getAndIncrement();
    }

    private static Story heard(List<String> pieces, AnswerListener first, Story story) {
        try {
            pieces.stream().filter(piece -> !piece.isEmpty()).forEach(piece -> first.on(new Text(piece)));
            first.on(new Finished(Reason.STOP));
            return story;
        } catch (BrokenAnswerException refused) {
            return story.end(refused.failure().toString());
        }
    }

    /** Up to four stop sequences, and the text in which they are found. */
    static void stopSequences(byte[] input) {
        List<String> parts = Pieces.parts(input, 5);
        String text = parts.get(4);
        List<String> stops =
                parts.subList(0, 4).stream().filter(stop -> !stop.isEmpty()).toList();
        Story whole = stopped(stops, List.of(text));
        Story.same(whole, stopped(stops, Pieces.cut(text)));
        int end = firstEnd(stops, text);
        String expected = text;
        if (end >= 0) {
            String longest = stops.stream()
                    .filter(stop -> text.startsWith(stop, end - stop.length()))
                    .max((one, other) -> Integer.compare(one.length(), other.length()))
                    .orElseThrow();
            expected = text.substring(0, end - longest.length());
        }
        if (!whole.of("text").equals(expected)) {
            throw new AssertionError("expected " + expected + " but was " + whole.told());
        }
    }

    private static int firstEnd(List<String> stops, String text) {
        return stops.stream()
                .filter(text::contains)
                .mapToInt(stop -> text.indexOf(stop) + stop.length())
                .min()
                .orElse(-1);
    }

    private static Story stopped(List<String> stops, List<String> pieces) {
        var story = new Story();
        return heard(pieces, new StopSequenceFilter(stops, story), story);
    }

    /** The schema of a client, and an answer that is to match it. */
    static void schema(byte[] input) throws JsonProcessingException {
        List<String> parts = Pieces.parts(input, 2);
        String answer = parts.get(1);
        AnswerFormat format = AnswerFormat.JSON_OBJECT;
        try {
            JsonNode schema = JSON.readTree(parts.get(0));
            if (schema.isObject()) {
                format = new AnswerFormat(AnswerFormat.Kind.JSON_SCHEMA, schema.toString());
            }
        } catch (JsonProcessingException none) {
            answer = Pieces.text(input);
        }
        Story whole = validated(format, List.of(answer));
        Story.same(whole, validated(format, Pieces.cut(answer)));
        if (whole.told().get(whole.told().size() - 1).startsWith("Finished")) {
            JSON.readTree(whole.of("text"));
        }
    }

    private static Story validated(AnswerFormat format, List<String> pieces) {
        var story = new Story();
        return heard(pieces, new JsonModeFilter(format, AnswerRetry.NEVER, story), story);
    }

    /** The stream of the web service. */
    static void frames(byte[] input) {
        for (var context : List.of(AnswerContext.CHAT, new AnswerContext(true, Set.of("https://a.b/c"), TOOLS))) {
            Story.same(
                    decoded(context, List.of(ByteBuffer.wrap(input).asReadOnlyBuffer())),
                    decoded(context, Pieces.cut(input)));
        }
    }

    private static Story decoded(AnswerContext context, List<ByteBuffer> pieces) {
        var story = new Story();
        var decoder = new FrameDecoder(context, phase -> {});
        try {
            for (ByteBuffer piece : pieces) {
                decoder.feed(piece, story);
            }
            decoder.end(story);
            return story.end("verbatim " + decoder.isVerbatim());
        } catch (UpstreamException failed) {
            return story.end(failed.failure().toString());
        }
    }

    /** Runs an answer through all filters that a request needs. */
    static void filtered(Conversation conversation) {
        var filters = new AnswerFilters((asked, retry, next) ->
                new ToolCallParser(asked.tools(), ids(), asked.options().mostCalls(), retry, next));
        for (ThinkFormat format : ThinkFormat.values()) {
            var presentation = new AnswerPresentation(format, SearchFormat.values()[0]);
            Story whole = new Story();
            Story cut = new Story();
            heard(
                    List.of(WORDS.stream().collect(Collectors.joining())),
                    filters.create(whole, conversation, presentation, AnswerRetry.NEVER),
                    whole);
            heard(
                    WORDS.stream()
                            .flatMap(word -> Stream.of(Pieces.cut(word)))
                            .flatMap(List::stream)
                            .toList(),
                    filters.create(cut, conversation, presentation, AnswerRetry.NEVER),
                    cut);
            if (conversation.options().maxTokens().isEmpty()) {
                Story.same(whole, cut);
            }
        }
    }
}
