package dev.qwen2api.api.openai;

import dev.qwen2api.chat.Conversation;

/**
 * A chat request, read.
 *
 * @param conversation what was asked
 * @param stream whether the answer is wanted as it comes
 * @param includeUsage whether a stream ends with a chunk that tells the cost
 */
public record ChatRequest(Conversation conversation, boolean stream, boolean includeUsage) {}
