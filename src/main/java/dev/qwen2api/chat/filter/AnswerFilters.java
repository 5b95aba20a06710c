package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerFilterFactory;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerPresentation;
import dev.qwen2api.chat.AnswerPresentation.ThinkFormat;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.TokenEstimate;

/** Builds the filter chain of one answer, each filter only where the request needs it. Read it from the bottom up. */
public final class AnswerFilters implements AnswerFilterFactory {

    private final ToolCallFilterFactory toolCalls;

    /** Creates the filter that turns calls written as text into tool call events. */
    @FunctionalInterface
    public interface ToolCallFilterFactory {

        /** Returns a filter of one answer to {@code conversation}. */
        AnswerListener create(Conversation conversation, AnswerRetry retry, AnswerListener next);
    }

    public AnswerFilters(ToolCallFilterFactory toolCalls) {
        this.toolCalls = toolCalls;
    }

    @Override
    public AnswerListener create(
            AnswerListener end, Conversation conversation, AnswerPresentation answerPresentation, AnswerRetry retry) {
        Options options = conversation.options();
        boolean json = options.format().kind() != AnswerFormat.Kind.TEXT;
        AnswerListener chain = new UsageFilter(() -> TokenEstimate.of(conversation), end);
        // Tags would make the JSON unreadable: thinking comes in the dialect's own field there.
        if (answerPresentation.thinking() == ThinkFormat.TAGS && options.thinkTags() && !json) {
            chain = new ThinkTagsFilter(chain);
        }
        if (!json) {
            chain = new SourcesFilter(answerPresentation.search(), options.sourcesAfterAnswer(), chain);
        }
        chain = new HiddenThinkingFilter(answerPresentation.thinking() == ThinkFormat.HIDDEN, chain);
        if (json) {
            chain = new JsonModeFilter(options.format(), retry, chain);
        }
        if (!options.stop().isEmpty()) {
            chain = new StopSequenceFilter(options.stop(), chain);
        }
        chain = new EmptyAnswerFilter(chain);
        if (!conversation.tools().isEmpty() && conversation.toolChoice().mode() != ToolChoice.Mode.NONE) {
            chain = toolCalls.create(conversation, retry, chain);
        } else if (PlayedTurnFilter.concerns(conversation)) {
            chain = new PlayedTurnFilter(chain);
        }
        if (options.maxTokens().isPresent()) {
            chain = new OutputLimitFilter(options.maxTokens().getAsInt(), chain);
        }
        return chain;
    }

    /** Removes hidden thinking from an answer, or all of it. */
    private record HiddenThinkingFilter(boolean all, AnswerListener next) implements AnswerListener {

        @Override
        public void on(AnswerEvent event) {
            if (!(event instanceof AnswerEvent.Reasoning thought) || !all && !thought.hidden()) {
                next.on(event);
            }
        }
    }
}
