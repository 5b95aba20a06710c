package dev.qwen2api.chat;

import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.tools.CallIds;
import dev.qwen2api.chat.tools.ToolCallParser;
import java.security.SecureRandom;

/** Puts the decorators of one answer together, each only where the request needs it. Read it from the bottom up. */
final class AnswerChain {

    private AnswerChain() {}

    static AnswerListener to(AnswerListener end, Conversation conversation, Presentation presentation) {
        Options options = conversation.options();
        boolean json = options.format().kind() != AnswerFormat.Kind.TEXT;
        AnswerListener chain = new Tally(() -> TokenEstimate.of(conversation), end);
        if (presentation.thinking() == ThinkFormat.TAGS) {
            chain = new ThinkTags(chain);
        }
        if (!json) {
            chain = new Sourcing(presentation.search(), chain);
        }
        if (presentation.thinking() == ThinkFormat.HIDDEN) {
            chain = new HiddenThinking(chain);
        }
        if (json) {
            chain = new JsonMode(chain);
        }
        if (!options.stop().isEmpty()) {
            chain = new StopSequences(options.stop(), chain);
        }
        if (!conversation.tools().isEmpty() && conversation.toolChoice().mode() != ToolChoice.Mode.NONE) {
            chain = new ToolCallParser(conversation.tools(), new CallIds(new SecureRandom()), chain);
        }
        if (options.maxTokens().isPresent()) {
            chain = new OutputLimit(options.maxTokens().getAsInt(), chain);
        }
        return new EmptyGuard(chain);
    }
}
