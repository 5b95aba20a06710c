/** Anthropic's dialect: reads requests into conversations, prints answers as events and messages. Knows no socket. */
@NullMarked
package dev.qwen2api.api.anthropic;

import org.jspecify.annotations.NullMarked;
