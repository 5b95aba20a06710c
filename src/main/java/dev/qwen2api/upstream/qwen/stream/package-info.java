/** Turns the bytes of the web API's event streams into answer events. */
@NullMarked
package dev.qwen2api.upstream.qwen.stream;

import org.jspecify.annotations.NullMarked;
