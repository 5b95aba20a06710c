/** The wiring: {@link dev.qwen2api.Gateway} creates every part and connects them; {@link dev.qwen2api.Main} runs it. */
@NullMarked
package dev.qwen2api;

import org.jspecify.annotations.NullMarked;
