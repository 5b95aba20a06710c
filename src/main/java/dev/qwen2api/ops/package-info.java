/** Operation: the log and the start-up message. */
@NullMarked
package dev.qwen2api.ops;

import org.jspecify.annotations.NullMarked;
