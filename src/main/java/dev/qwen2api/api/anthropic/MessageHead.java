package dev.qwen2api.api.anthropic;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.qwen2api.api.json.AnswerAccumulator.Rules;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.TokenEstimate;
import java.util.Optional;
import java.util.UUID;

/**
 * What is known of a message before its answer.
 *
 * @param id unique name of the message, {@code msg_…}
 * @param model the model's name as the client wrote it
 * @param inputTokens estimated cost of reading the conversation, in tokens
 * @param search whether the client offered a web search, and so expects its results
 * @param parallel whether the answer may hold more than one call
 */
public record MessageHead(String id, String model, int inputTokens, boolean search, boolean parallel) {

    /** The head of the answer to {@code conversation}, with a new id. */
    static MessageHead create(Conversation conversation) {
        return new MessageHead(
                "msg_" + UUID.randomUUID().toString().replace("-", ""),
                conversation.model(),
                TokenEstimate.of(conversation),
                conversation.options().chatType().equals(Optional.of(ChatType.SEARCH)),
                conversation.options().parallelCalls());
    }

    /** Blocks follow each other. */
    Rules rules() {
        return new Rules(true, !parallel, search);
    }

    /** The message without content. */
    ObjectNode message() {
        ObjectNode message = JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", WellFormedText.text(model));
        message.putArray("content");
        return message.putNull("stop_reason").putNull("stop_sequence");
    }

    /** The {@code usage} object. Cached tokens are counted beside the input, not as a part of it. */
    static RawValue usage(Usage usage) {
        return new RawValue("{\"input_tokens\":" + Math.max(0, usage.input() - usage.cached())
                + ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":" + usage.cached()
                + ",\"output_tokens\":" + usage.output() + "}");
    }

    /** Why the answer ended, and which of the client's stop texts ended it, if one did. */
    static ObjectNode stop(Finished end) {
        String reason = switch (end.reason()) {
            case STOP -> end.stop().isPresent() ? "stop_sequence" : "end_turn";
            case LENGTH -> "max_tokens";
            case TOOL_CALLS -> "tool_use";
            case CONTENT_FILTER -> "refusal";
        };
        return JsonNodeFactory.instance
                .objectNode()
                .put("stop_reason", reason)
                .put("stop_sequence", end.stop().orElse(null));
    }
}
