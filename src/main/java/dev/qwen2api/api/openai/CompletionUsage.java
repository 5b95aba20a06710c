package dev.qwen2api.api.openai;

import dev.qwen2api.chat.AnswerEvent.Usage;

/** Prints the cost of an answer. */
final class CompletionUsage {

    private CompletionUsage() {}

    static String json(Usage usage) {
        return "{\"prompt_tokens\":" + usage.input()
                + ",\"completion_tokens\":" + usage.output()
                + ",\"total_tokens\":" + usage.total()
                + ",\"prompt_tokens_details\":{\"cached_tokens\":" + usage.cached()
                + "},\"completion_tokens_details\":{\"reasoning_tokens\":" + usage.reasoning() + "}}";
    }
}
