/** Uploads files to the service: tickets, object storage, parsing. */
@NullMarked
package dev.qwen2api.upstream.qwen.upload;

import org.jspecify.annotations.NullMarked;
