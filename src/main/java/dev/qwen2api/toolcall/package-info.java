/**
 * Tools for models that have none: {@link dev.qwen2api.toolcall.ToolPrompt} describes them in words,
 * {@link dev.qwen2api.toolcall.ToolTranscript} writes earlier calls and results back, and
 * {@link dev.qwen2api.toolcall.ToolCallParser} finds the calls in the text of the answer while it streams. Behind the
 * parser stand {@code TextReader}s, one for each thing that text can be at a point (prose, the inside of a call's tags, one JSON
 * value, one XML function); they share a {@code TextBuffer} of text and hand over to each other.
 */
@NullMarked
package dev.qwen2api.toolcall;

import org.jspecify.annotations.NullMarked;
