/** Video jobs: created by one request, run in the background, kept over a restart, and polled by later requests. */
@NullMarked
package dev.qwen2api.chat.video;

import org.jspecify.annotations.NullMarked;
