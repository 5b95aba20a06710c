package dev.qwen2api.api.openai;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.time.Instant;
import java.util.UUID;

/**
 * A chat completion: what its body, or all chunks of its stream, have in common.
 *
 * @param id unique name of the completion, {@code chatcmpl-…}
 * @param created when it was requested
 * @param model the model's name as the client wrote it
 */
public record Completion(String id, Instant created, String model) {

    /** A completion with a new id. */
    public static Completion create(Instant now, String model) {
        return new Completion("chatcmpl-" + UUID.randomUUID().toString().replace("-", ""), now, model);
    }

    static String finishReason(Finished.Reason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
            case CONTENT_FILTER -> "content_filter";
        };
    }

    /** The {@code usage} object. */
    static String usage(Usage usage) {
        return "{\"prompt_tokens\":" + usage.input()
                + ",\"completion_tokens\":" + usage.output()
                + ",\"total_tokens\":" + usage.total()
                + ",\"prompt_tokens_details\":{\"cached_tokens\":" + usage.cached()
                + "},\"completion_tokens_details\":{\"reasoning_tokens\":" + usage.reasoning() + "}}";
    }
}
