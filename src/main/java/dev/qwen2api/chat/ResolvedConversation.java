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
 * @param size format of a picture or video as a ratio such as {@code 16:9}; {@code auto} for a model that chooses it
 * @param pictureModel the model that draws, where the client names one; {@code model} then only carries the request
 * @param client fingerprint of the client's API key; empty where it is not known
 */
public record ResolvedConversation(
        Conversation conversation,
        String model,
        ChatType type,
        boolean thinking,
        OptionalInt thinkingBudget,
        Optional<String> size,
        Optional<String> pictureModel,
        String client) {

    /** A conversation of an unknown client, whose pictures the service's default model draws. */
    public ResolvedConversation(
            Conversation conversation,
            String model,
            ChatType type,
            boolean thinking,
            OptionalInt thinkingBudget,
            Optional<String> size) {
        this(conversation, model, type, thinking, thinkingBudget, size, Optional.empty(), "");
    }

    /** The same with another conversation, such as one whose attachments are at hand. */
    public ResolvedConversation with(Conversation other) {
        return new ResolvedConversation(other, model, type, thinking, thinkingBudget, size, pictureModel, client);
    }

    /** The same for the client with that key. */
    public ResolvedConversation by(String key) {
        return new ResolvedConversation(conversation, model, type, thinking, thinkingBudget, size, pictureModel, key);
    }
}
