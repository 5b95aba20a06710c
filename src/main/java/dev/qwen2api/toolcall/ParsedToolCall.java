package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;

/**
 * A call that the model made.
 *
 * @param tool what it calls
 * @param arguments a JSON object
 */
record ParsedToolCall(Tool tool, String arguments) {}
