package dev.qwen2api.api.anthropic;

import dev.qwen2api.chat.Conversation;

/**
 * A request for a message, read.
 *
 * @param conversation what was asked
 * @param stream whether the answer is wanted as it comes
 */
public record MessagesRequest(Conversation conversation, boolean stream) {}
