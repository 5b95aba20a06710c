/**
 * What clients attach: taken out of a request while it is read, or fetched from where it points, kept in files rather than in the
 * heap, and judged by its bytes. The only room that opens a connection to an address a client chose.
 */
@NullMarked
package dev.qwen2api.media;

import org.jspecify.annotations.NullMarked;
