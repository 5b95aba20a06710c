package dev.qwen2api.api.anthropic;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.AnswerEvent.Finished;

/** Anthropic's names for the ends of an answer. */
final class StopReason {

    private StopReason() {}

    /** Why the answer ended, and by which of the client's stop texts if one ended it. */
    static ObjectNode node(Finished end) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("stop_reason", name(end))
                .put("stop_sequence", end.stop().orElse(null));
    }

    private static String name(Finished end) {
        return switch (end.reason()) {
            case STOP -> end.stop().isPresent() ? "stop_sequence" : "end_turn";
            case LENGTH -> "max_tokens";
            case TOOL_CALLS -> "tool_use";
            case CONTENT_FILTER -> "refusal";
        };
    }
}
