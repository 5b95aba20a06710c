/** The wiring: {@link dev.qwen2api.Main} is the only class that knows every room of the house. */
@NullMarked
package dev.qwen2api;

import org.jspecify.annotations.NullMarked;
