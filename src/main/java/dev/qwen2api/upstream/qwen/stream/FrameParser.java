package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.upstream.qwen.stream.Frame.Delta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of one frame, token by token and without a tree: frames are the hot path. Unknown fields are passed
 * over; the order of fields is free. Thread-safe.
 */
public final class FrameParser {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNestingDepth(200)
                            .build())
                    .build())
            .build();

    /** Fields of the outermost object with which errors come, in the several shapes that were seen. */
    private static final Set<String> SUSPICIOUS = Set.of("error", "success", "ret", "code", "detail");

    private FrameParser() {}

    /**
     * Reads one frame.
     *
     * @throws IOException when it is no JSON
     */
    public static Frame parse(byte[] bytes, int offset, int length) throws IOException {
        try (JsonParser json = JSON.createParser(bytes, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Frame.NOTHING;
            }
            boolean suspicious = false;
            String responseId = "";
            Delta delta = null;
            Usage usage = null;
            Finished.Reason end = null;
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                suspicious |= SUSPICIOUS.contains(name);
                switch (name) {
                    case "choices" -> {
                        Choice choice = choices(json);
                        delta = choice.delta();
                        end = choice.end() == null ? end : choice.end();
                        suspicious |= delta != null && delta.status().equals("error");
                    }
                    case "response_id" -> responseId = text(json);
                    case "usage" -> usage = usage(json);
                    case "response.created" -> responseId = created(json);
                    case "status" -> end = text(json).equals("completed") ? Finished.Reason.STOP : end;
                    case "response.completed" -> {
                        end = Finished.Reason.STOP;
                        json.skipChildren();
                    }
                    default -> json.skipChildren();
                }
            }
            return new Frame(responseId, delta, usage, end, suspicious ? JSON.readTree(bytes, offset, length) : null);
        }
    }

    private static String text(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        json.skipChildren();
        return "";
    }

    private static int count(JsonParser json) throws IOException {
        if (json.currentToken().isNumeric()) {
            return (int) Math.max(0, Math.min(json.getDoubleValue(), Integer.MAX_VALUE));
        }
        json.skipChildren();
        return 0;
    }

    private static String created(JsonParser json) throws IOException {
        String id = "";
        if (json.currentToken() == JsonToken.START_OBJECT) {
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                if (name.equals("response_id")) {
                    id = text(json);
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
    private static Choice choices(JsonParser json) throws IOException {
        Choice first = Choice.NONE;
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return first;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            Choice next = choice(json);
            first = first.delta() == null ? next : first;
        }
        return first;
    }

    private static Choice choice(JsonParser json) throws IOException {
        Delta delta = null;
        Finished.Reason end = null;
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return Choice.NONE;
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            if (name.equals("delta") && json.currentToken() == JsonToken.START_OBJECT) {
                delta = delta(json);
            } else if (name.equals("finish_reason")) {
                end = reason(text(json));
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

    private static Delta delta(JsonParser json) throws IOException {
        String role = "";
        String phase = "";
        String status = "";
        String content = "";
        var pictures = new ArrayList<String>(0);
        JsonNode function = null;
        String functionId = "";
        JsonNode extra = null;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case "role" -> role = text(json);
                case "phase" -> phase = text(json);
                case "status" -> status = text(json);
                case "content" -> content = content(json, pictures);
                case "function_call" -> function = json.readValueAsTree();
                case "function_id" -> functionId = text(json);
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

    /** A text, or (13 row 11, 2026-09) an array of parts, each a text or a picture. */
    private static String content(JsonParser json, List<String> pictures) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            return text(json);
        }
        var words = new StringBuilder();
        JsonNode parts = json.readValueAsTree();
        for (JsonNode part : parts) {
            words.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
            for (JsonNode picture : List.of(
                    part.path("image"),
                    part.path("image_url"),
                    part.path("image_url").path("url"))) {
                if (picture.isTextual()) {
                    pictures.add(picture.textValue());
                }
            }
        }
        return words.toString();
    }

    /** Null where the object holds no count of ours: pictures are counted in pixels. */
    private static @Nullable Usage usage(JsonParser json) throws IOException {
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
                    input = count(json);
                    counted = true;
                }
                case "output_tokens", "completion_tokens" -> {
                    output = count(json);
                    counted = true;
                }
                case "output_tokens_details", "completion_tokens_details" ->
                    reasoning = detail(json, "reasoning_tokens");
                case "prompt_tokens_details", "input_tokens_details" ->
                    cached = Math.max(cached, detail(json, "cached_tokens"));
                default -> json.skipChildren();
            }
        }
        return counted ? new Usage(input, output, reasoning, cached) : null;
    }

    private static int detail(JsonParser json, String wanted) throws IOException {
        int count = 0;
        if (json.currentToken() == JsonToken.START_OBJECT) {
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                if (name.equals(wanted)) {
                    count = count(json);
                } else {
                    json.skipChildren();
                }
            }
        }
        return count;
    }
}
