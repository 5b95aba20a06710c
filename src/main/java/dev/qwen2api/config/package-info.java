/**
 * The settings: reading {@code .env}, turning names and texts into one immutable {@link dev.qwen2api.config.Settings},
 * and noticing when the file changes. A leaf: it knows no other package, reads no process environment by itself, and
 * never puts the value of a secret into a message.
 */
@NullMarked
package dev.qwen2api.config;

import org.jspecify.annotations.NullMarked;
