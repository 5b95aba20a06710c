package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.AnswerAccumulator.Rules;
import dev.qwen2api.api.openai.items.OfferedTools;
import dev.qwen2api.api.openai.items.ToolForm;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.time.Instant;
import java.util.List;
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

    /**
     * How a chat completion prints tool calls.
     *
     * @param offer the tools that the client offered
     * @param legacy whether the one call is a {@code function_call}, as for a client that offers {@code functions}
     * @param parallel whether the answer may hold more than one call
     */
    record CallFormat(OfferedTools offer, boolean legacy, boolean parallel) {

        /** Any number of functions. */
        static final CallFormat FUNCTIONS = new CallFormat(OfferedTools.of(List.of()), false, true);

        Rules rules() {
            return parallel ? Rules.INTERLEAVED : new Rules(false, true, false);
        }

        /** Whether a tool takes free text in place of JSON. */
        boolean isCustom(String name) {
            return offer.known(name).form() == ToolForm.CUSTOM;
        }

        String finishReason(Finished.Reason reason) {
            return legacy && reason == Finished.Reason.TOOL_CALLS ? "function_call" : Completion.finishReason(reason);
        }
    }
}
