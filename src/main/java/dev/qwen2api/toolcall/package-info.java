/**
 * Tool calls for models that write them as text. {@link dev.qwen2api.toolcall.ToolPrompt} writes the instructions,
 * {@link dev.qwen2api.toolcall.ToolTranscript} earlier calls and their results, and {@link
 * dev.qwen2api.toolcall.ToolCallParser} finds the calls in the answer while it streams. Behind the parser stand
 * readers, one for each thing that text can be at a point (prose, the inside of a call's marks, one JSON value, one XML
 * function); they share a buffer of text and hand over to each other. No parser here recurses with the text's nesting.
 */
@NullMarked
package dev.qwen2api.toolcall;

import org.jspecify.annotations.NullMarked;
