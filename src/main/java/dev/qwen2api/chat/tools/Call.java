package dev.qwen2api.chat.tools;

import dev.qwen2api.chat.Conversation.Tool;

/**
 * A call that the model made.
 *
 * @param tool what it calls
 * @param arguments a JSON object
 */
record Call(Tool tool, String arguments) {}
