package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.upstream.qwen.stream.Frame.Delta;
import dev.qwen2api.upstream.qwen.stream.ReusableJsonParser.Word;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of frames, token by token and without a tree: frames are the hot path. Unknown fields are passed over;
 * the order of fields is free. An instance is used by one thread at a time.
 */
final class FrameParser {

    /** Parsers that wait for the next frame, of any stream. A thread looks at one place: without a lock. */
    private static final AtomicReferenceArray<FrameParser> IDLE = new AtomicReferenceArray<>(16);

    /** Most characters of a number that is an {@code int} in any case. */
    private static final int SHORT_NUMBER = 9;

    private final ReusableJsonParser parser;
    private final JsonParser json;
    private final Word responseId;
    private final Word role;
    private final Word phase;
    private final Word status;

    private FrameParser(ReusableJsonParser parser) {
        this.parser = parser;
        this.json = parser.json();
        this.responseId = parser.new Word();
        this.role = parser.new Word();
        this.phase = parser.new Word();
        this.status = parser.new Word();
    }

    /**
     * Reads one frame. Thread-safe.
     *
     * @throws IOException when it is no JSON
     */
    static Frame parse(byte[] bytes, int offset, int length) throws IOException {
        int place = (int) (Thread.currentThread().getId() % IDLE.length());
        FrameParser frames = IDLE.getAndSet(place, null);
        if (frames == null) {
            frames = new FrameParser(new ReusableJsonParser(bytes, offset, length));
        } else {
            frames.parser.next(bytes, offset, length);
        }
        boolean kept = false;
        try {
            Frame frame = frames.frame(bytes, offset, length);
            kept = frames.parser.end(length) && IDLE.compareAndSet(place, null, frames);
            return frame;
        } finally {
            if (!kept) {
                frames.parser.close();
            }
        }
    }

    private Frame frame(byte[] bytes, int offset, int length) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return Frame.NOTHING;
        }
        boolean suspicious = false;
        String responseId = "";
        Choice choice = Choice.NONE;
        Usage usage = null;
        Finished.Reason end = null;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "choices" -> {
                    choice = choices();
                    end = choice.end() == null ? end : choice.end();
                }
                case "response_id" -> responseId = this.responseId.read();
                case "usage" -> usage = usage();
                case "response.created" -> responseId = created();
                case "status" -> end = parser.text().equals("completed") ? Finished.Reason.STOP : end;
                case "response.completed" -> {
                    end = Finished.Reason.STOP;
                    json.skipChildren();
                }
                // Errors come with one of these, in the several shapes that were seen.
                case "error", "success", "ret", "code", "detail" -> {
                    suspicious = true;
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }
        Delta delta = choice.delta();
        suspicious |= delta != null && delta.status().equals("error");
        return new Frame(
                responseId,
                delta,
                usage,
                end,
                suspicious ? ReusableJsonParser.MAPPER.readTree(bytes, offset, length) : null);
    }

    private int count() throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT && json.getTextLength() <= SHORT_NUMBER) {
            return Math.max(0, json.getIntValue());
        }
        if (json.currentToken().isNumeric()) {
            return (int) Math.max(0, Math.min(json.getDoubleValue(), Integer.MAX_VALUE));
        }
        json.skipChildren();
        return 0;
    }

    private String created() throws IOException {
        String id = "";
        if (json.currentToken() == JsonToken.START_OBJECT) {
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                if (name.equals("response_id")) {
                    id = parser.text();
                } else {
                    json.skipChildren();
                }
            }
        }
        return id;
    }

    /** What a choice says, and why it ends. */
    private record Choice(@Nullable Delta delta, Finished.@Nullable Reason end) {
        static final Choice NONE = new Choice(null, null);
    }

    /** The first choice that says something; the upstream never sends a second. */
    private Choice choices() throws IOException {
        Choice first = Choice.NONE;
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return first;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            Choice next = choice();
            first = first.delta() == null ? next : first;
        }
        return first;
    }

    private Choice choice() throws IOException {
        Delta delta = null;
        Finished.Reason end = null;
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return Choice.NONE;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            if (name.equals("delta") && json.currentToken() == JsonToken.START_OBJECT) {
                delta = delta();
            } else if (name.equals("finish_reason")) {
                end = reason(parser.text());
            } else {
                json.skipChildren();
            }
        }
        return new Choice(delta, end);
    }

    private static Finished.@Nullable Reason reason(String name) {
        return switch (name) {
            case "stop" -> Finished.Reason.STOP;
            case "length" -> Finished.Reason.LENGTH;
            case "content_filter" -> Finished.Reason.CONTENT_FILTER;
            default -> null;
        };
    }

    private Delta delta() throws IOException {
        String role = "";
        String phase = "";
        String status = "";
        String content = "";
        List<String> pictures = List.of();
        JsonNode function = null;
        String functionId = "";
        JsonNode extra = null;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "role" -> role = this.role.read();
                case "phase" -> phase = this.phase.read();
                case "status" -> status = this.status.read();
                case "content" -> {
                    // An array of parts, each a text or a picture (13 row 11, 2026-09).
                    JsonNode parts = json.currentToken() == JsonToken.START_ARRAY ? json.readValueAsTree() : null;
                    content = parts == null ? parser.text() : words(parts);
                    pictures = parts == null ? List.of() : pictures(parts);
                }
                case "function_call" -> function = json.readValueAsTree();
                case "function_id" -> functionId = parser.text();
                case "extra" -> extra = json.readValueAsTree();
                default -> json.skipChildren();
            }
        }
        return new Delta(role, phase, status, content, pictures, call(functionId, function), extra);
    }

    private static @Nullable ToolCall call(String id, @Nullable JsonNode function) {
        String name = function == null ? "" : function.path("name").asText("");
        return function == null || name.isEmpty()
                ? null
                : new ToolCall(id, name, function.path("arguments").asText(""));
    }

    private static String words(JsonNode parts) {
        var words = new StringBuilder();
        for (JsonNode part : parts) {
            words.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
        }
        return words.toString();
    }

    private static List<String> pictures(JsonNode parts) {
        List<String> pictures = new ArrayList<>();
        for (JsonNode part : parts) {
            JsonNode address = part.path("image_url");
            for (JsonNode picture : List.of(part.path("image"), address, address.path("url"))) {
                if (picture.isTextual()) {
                    pictures.add(picture.textValue());
                }
            }
        }
        return pictures;
    }

    /** Null where the object holds no count of ours: pictures are counted in pixels. */
    private @Nullable Usage usage() throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return null;
        }
        boolean counted = false;
        int input = 0;
        int output = 0;
        int reasoning = 0;
        int cached = 0;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "input_tokens", "prompt_tokens" -> {
                    input = count();
                    counted = true;
                }
                case "output_tokens", "completion_tokens" -> {
                    output = count();
                    counted = true;
                }
                case "output_tokens_details", "completion_tokens_details" -> reasoning = detail("reasoning_tokens");
                case "prompt_tokens_details", "input_tokens_details" ->
                    cached = Math.max(cached, detail("cached_tokens"));
                default -> json.skipChildren();
            }
        }
        return counted ? new Usage(input, output, reasoning, cached) : null;
    }

    private int detail(String wanted) throws IOException {
        int count = 0;
        if (json.currentToken() == JsonToken.START_OBJECT) {
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                if (name.equals(wanted)) {
                    count = count();
                } else {
                    json.skipChildren();
                }
            }
        }
        return count;
    }
}
