package dev.qwen2api.api.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.Markdown;
import java.util.Optional;
import java.util.UUID;

/**
 * What all responses to one request have in common, and the JSON of their pieces.
 *
 * @param id unique name of the response
 * @param model the model's name as the client wrote it
 * @param thoughts whether the client wants to see the thinking
 */
record GeminiHead(String id, String model, boolean thoughts) {

    /** Parts follow each other. */
    static final AnswerAccumulator.Rules RULES = new AnswerAccumulator.Rules(true, false, false);

    private static final JsonMapper JSON = new JsonMapper();

    static GeminiHead create(String model, boolean thoughts) {
        return new GeminiHead(UUID.randomUUID().toString().replace("-", ""), model, thoughts);
    }

    /** A response with {@code parts}. */
    ObjectNode response(ArrayNode parts) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode candidate = root.putArray("candidates").addObject();
        candidate.putObject("content").put("role", "model").set("parts", parts);
        candidate.put("index", 0);
        return root.put("modelVersion", WellFormedText.text(model)).put("responseId", id);
    }

    /** Adds why the answer ended, its sources and its cost. */
    static void end(ObjectNode response, AnswerAccumulator answer) {
        ObjectNode candidate = (ObjectNode) response.path("candidates").path(0);
        candidate.put("finishReason", finishReason(answer.end().reason()));
        if (!answer.sources().isEmpty()) {
            ArrayNode chunks = candidate.putObject("groundingMetadata").putArray("groundingChunks");
            answer.sources().stream()
                    .filter(source -> Markdown.isWebAddress(source.url()))
                    .forEach(source -> chunks.addObject()
                            .putObject("web")
                            .put("uri", WellFormedText.text(Markdown.url(source.url())))
                            .put("title", WellFormedText.text(Markdown.line(source.title()))));
        }
        answer.usage().ifPresent(usage -> response.set("usageMetadata", usage(usage)));
    }

    /** Thoughts are counted beside the candidates' tokens. */
    private static ObjectNode usage(AnswerEvent.Usage usage) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("promptTokenCount", usage.input())
                .put("candidatesTokenCount", Math.max(0, usage.output() - usage.reasoning()))
                .put("thoughtsTokenCount", usage.reasoning())
                .put("cachedContentTokenCount", usage.cached())
                .put("totalTokenCount", usage.total());
    }

    private static String finishReason(Reason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> "STOP";
            case LENGTH -> "MAX_TOKENS";
            case CONTENT_FILTER -> "SAFETY";
        };
    }

    /** The part of a complete call; empty where its arguments were cut off, since this dialect has whole ones alone. */
    static Optional<ObjectNode> call(Item item, String arguments) {
        try {
            JsonNode args = JSON.readTree(arguments.isBlank() ? "{}" : arguments);
            if (!args.isObject()) {
                return Optional.empty();
            }
            ObjectNode part = JsonNodeFactory.instance.objectNode();
            part.putObject("functionCall")
                    .put("id", item.call().id())
                    .put("name", WellFormedText.text(item.call().name()))
                    .set("args", args);
            return Optional.of(part);
        } catch (JsonProcessingException cutOff) {
            return Optional.empty();
        }
    }
}
