/**
 * SQLite: what must outlive the process. One connection, one writer thread, never on the path of a request; when the
 * file cannot be used the gateway serves on without it and says so.
 */
@NullMarked
package dev.qwen2api.store;

import org.jspecify.annotations.NullMarked;
