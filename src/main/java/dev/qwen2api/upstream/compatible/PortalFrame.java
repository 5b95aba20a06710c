package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.util.Map;
import java.util.Optional;

/** Reads an answer in OpenAI's wire format, a chunk or a whole one, as far as it concerns those who hand it on. Pure. */
final class PortalFrame {

    private PortalFrame() {}

    static boolean isError(JsonNode frame) {
        return frame.hasNonNull("error") && frame.path("choices").isEmpty();
    }

    /** Whether it is the chunk that tells the cost and nothing else. */
    static boolean isUsageOnly(JsonNode frame) {
        return frame.path("usage").isObject() && frame.path("choices").isEmpty();
    }

    /**
     * Whether a client gets something of the answer by it.
     *
     * @param part {@code delta} in chunks, {@code message} in whole answers
     */
    static boolean hasContent(JsonNode frame, String part) {
        for (JsonNode choice : frame.path("choices")) {
            for (Map.Entry<String, JsonNode> field : choice.path(part).properties()) {
                if (!field.getKey().equals("role") && isSomething(field.getValue())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isSomething(JsonNode value) {
        return value.isTextual() ? !value.textValue().isEmpty() : value.isContainerNode() && !value.isEmpty();
    }

    /** Why the answer ended; empty where it goes on. */
    static String finishReason(JsonNode frame) {
        for (JsonNode choice : frame.path("choices")) {
            String reason = choice.path("finish_reason").isTextual()
                    ? choice.path("finish_reason").textValue()
                    : "";
            if (!reason.isEmpty()) {
                return reason;
            }
        }
        return "";
    }

    static Optional<Usage> usage(JsonNode frame) {
        JsonNode usage = frame.path("usage");
        return usage.isObject()
                ? Optional.of(new Usage(
                        count(usage.path("prompt_tokens")),
                        count(usage.path("completion_tokens")),
                        count(usage.at("/completion_tokens_details/reasoning_tokens")),
                        count(usage.at("/prompt_tokens_details/cached_tokens"))))
                : Optional.empty();
    }

    private static int count(JsonNode number) {
        return Math.max(0, number.asInt(0));
    }
}
