/**
 * What can go wrong, in two vocabularies and the table between them: {@link dev.qwen2api.failure.Failure} is what an
 * upstream did to us, {@link dev.qwen2api.failure.Problem} is what a client is told. A leaf: it knows no account, no
 * wire and no socket.
 */
@NullMarked
package dev.qwen2api.failure;

import org.jspecify.annotations.NullMarked;
