/** A recording of one request and its reply from which everything personal was taken out. */
@NullMarked
package dev.qwen2api.upstream.qwen.capture;

import org.jspecify.annotations.NullMarked;
