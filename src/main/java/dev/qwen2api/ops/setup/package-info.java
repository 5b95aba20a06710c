/** The first start: a cookie is read, a key is made, and {@code .env} is written. */
@NullMarked
package dev.qwen2api.ops.setup;

import org.jspecify.annotations.NullMarked;
