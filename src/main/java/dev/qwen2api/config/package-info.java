/**
 * The settings: reads {@code .env}, parses it into one immutable {@link dev.qwen2api.config.Settings}, and watches the
 * file. Depends on no other package, and never puts a secret into a message.
 */
@NullMarked
package dev.qwen2api.config;

import org.jspecify.annotations.NullMarked;
