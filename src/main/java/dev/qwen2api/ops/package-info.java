/** What the person who runs the gateway sees outside its API: its log and its greeting. */
@NullMarked
package dev.qwen2api.ops;

import org.jspecify.annotations.NullMarked;
