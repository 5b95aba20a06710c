/** Gemini's dialect: generateContent, streamGenerateContent, countTokens and the list of models. */
@NullMarked
package dev.qwen2api.api.gemini;

import org.jspecify.annotations.NullMarked;
