package dev.qwen2api.api.openai;

import dev.qwen2api.chat.AnswerEvent.Finished;

/** OpenAI's names for the ends of an answer. */
final class FinishReason {

    private FinishReason() {}

    static String of(Finished.Reason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
            case CONTENT_FILTER -> "content_filter";
        };
    }
}
