/** OpenAI's dialect: reads requests into conversations, prints answers as chunks and bodies. Knows no socket. */
@NullMarked
package dev.qwen2api.api.openai;

import org.jspecify.annotations.NullMarked;
