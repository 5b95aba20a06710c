/**
 * Videos that are made while nobody waits: ordered, kept over a restart, asked about later by the one who ordered
 * them.
 */
@NullMarked
package dev.qwen2api.chat.video;

import org.jspecify.annotations.NullMarked;
