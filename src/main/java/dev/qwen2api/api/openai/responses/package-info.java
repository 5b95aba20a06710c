/**
 * OpenAI's Responses API: reads its requests into conversations, prints answers as its items and events, and holds
 * finished responses for as long as there is room, so that a request can go on from one. Knows no socket.
 */
@NullMarked
package dev.qwen2api.api.openai.responses;

import org.jspecify.annotations.NullMarked;
