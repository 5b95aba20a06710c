/** Decorators over the events of an answer: limits, stop sequences, JSON mode, sources, usage. */
@NullMarked
package dev.qwen2api.chat.filter;

import org.jspecify.annotations.NullMarked;
