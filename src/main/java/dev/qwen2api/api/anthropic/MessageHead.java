package dev.qwen2api.api.anthropic;

/**
 * What is known of a message before its first word.
 *
 * @param id unique name of the message, {@code msg_…}
 * @param model the name that the client asked for
 * @param inputTokens about how many tokens the conversation costs to read
 * @param search whether the client offered a web search, and so expects to be shown its results
 */
public record MessageHead(String id, String model, int inputTokens, boolean search) {}
