package dev.qwen2api.api.anthropic;

import dev.qwen2api.chat.AnswerEvent.Usage;

/** Prints the cost of an answer. Here what was cached is counted beside the input, not as a part of it. */
final class MessageUsage {

    private MessageUsage() {}

    static String json(Usage usage) {
        return "{\"input_tokens\":" + Math.max(0, usage.input() - usage.cached())
                + ",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":" + usage.cached()
                + ",\"output_tokens\":" + usage.output() + "}";
    }
}
