/**
 * Reads the service's errors: one table from operation, code and text to failures, and what an exception of the
 * connection means.
 */
@NullMarked
package dev.qwen2api.upstream.qwen.error;

import org.jspecify.annotations.NullMarked;
