package dev.qwen2api.chat;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A conversation with its model resolved and every choice made that does not depend on the account.
 *
 * @param conversation what was said
 * @param model the upstream's own id of the model
 * @param type the kind of answer
 * @param thinking whether the model thinks before it answers
 * @param thinkingBudget most tokens to think; empty leaves it to the upstream
 * @param size format of a picture or video as a ratio such as {@code 16:9}
 */
public record ResolvedConversation(
        Conversation conversation,
        String model,
        ChatType type,
        boolean thinking,
        OptionalInt thinkingBudget,
        Optional<String> size) {

    /** The same, with what was attached at hand. */
    ResolvedConversation with(Conversation gathered) {
        return new ResolvedConversation(gathered, model, type, thinking, thinkingBudget, size);
    }
}
