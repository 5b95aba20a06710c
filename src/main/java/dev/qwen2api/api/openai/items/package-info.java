/**
 * What chat completions and responses have in common: the tools of a request by the names its client gave them, and
 * input items as messages.
 */
@NullMarked
package dev.qwen2api.api.openai.items;

import org.jspecify.annotations.NullMarked;
