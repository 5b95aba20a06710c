package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerFilterFactory;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerPresentation;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.ThinkFormat;
import dev.qwen2api.chat.TokenEstimate;
import java.util.List;
import java.util.function.BiFunction;

/** Builds the filter chain of one answer, each filter only where the request needs it. Read it from the bottom up. */
public final class AnswerFilters implements AnswerFilterFactory {

    private final BiFunction<List<Conversation.Tool>, AnswerListener, AnswerListener> toolCalls;

    /** @param toolCalls creates the filter that turns calls written as text into tool call events */
    public AnswerFilters(BiFunction<List<Conversation.Tool>, AnswerListener, AnswerListener> toolCalls) {
        this.toolCalls = toolCalls;
    }

    @Override
    public AnswerListener create(
            AnswerListener end, Conversation conversation, AnswerPresentation answerPresentation, AnswerRetry retry) {
        Options options = conversation.options();
        boolean json = options.format().kind() != AnswerFormat.Kind.TEXT;
        AnswerListener chain = new UsageFilter(() -> TokenEstimate.of(conversation), end);
        if (answerPresentation.thinking() == ThinkFormat.TAGS) {
            chain = new ThinkTagsFilter(chain);
        }
        if (!json) {
            chain = new SourcesFilter(answerPresentation.search(), chain);
        }
        if (answerPresentation.thinking() == ThinkFormat.HIDDEN) {
            chain = new HiddenThinkingFilter(chain);
        }
        if (json) {
            chain = new JsonModeFilter(options.format(), retry, chain);
        }
        if (!options.stop().isEmpty()) {
            chain = new StopSequenceFilter(options.stop(), chain);
        }
        if (!conversation.tools().isEmpty() && conversation.toolChoice().mode() != ToolChoice.Mode.NONE) {
            chain = toolCalls.apply(conversation.tools(), chain);
        }
        if (options.maxTokens().isPresent()) {
            chain = new OutputLimitFilter(options.maxTokens().getAsInt(), chain);
        }
        return new EmptyAnswerFilter(chain);
    }
}
