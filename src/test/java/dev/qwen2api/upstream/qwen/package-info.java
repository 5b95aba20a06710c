/** The upstream's side, tested against captures, tables and the stand-in. */
@NullMarked
package dev.qwen2api.upstream.qwen;

import org.jspecify.annotations.NullMarked;
