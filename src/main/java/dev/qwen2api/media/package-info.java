/**
 * Attachments of clients: decoded or downloaded, spooled to files instead of the heap, and typed by their bytes. The
 * only package that connects to addresses chosen by clients.
 */
@NullMarked
package dev.qwen2api.media;

import org.jspecify.annotations.NullMarked;
