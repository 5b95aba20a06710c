/**
 * The domain: a {@link dev.qwen2api.chat.Conversation} is what was asked, free of any wire; a
 * {@link dev.qwen2api.chat.Channel} turns it into {@link dev.qwen2api.chat.AnswerEvent}s, and an
 * {@link dev.qwen2api.chat.AnswerSink} prints those in the dialect of the client.
 */
@NullMarked
package dev.qwen2api.chat;

import org.jspecify.annotations.NullMarked;
