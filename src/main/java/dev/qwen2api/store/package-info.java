/**
 * SQLite: what must outlive the process. One connection and one writer thread. Chats do not wait for it, except to
 * renew a session; the management routes do. While the file is unusable the gateway goes on without it and says so.
 */
@NullMarked
package dev.qwen2api.store;

import org.jspecify.annotations.NullMarked;
