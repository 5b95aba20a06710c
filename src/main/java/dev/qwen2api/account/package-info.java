/**
 * The accounts in memory: who they are, whose turn it is, and how well they are. No HTTP, no SQL, no clock of its own.
 */
@NullMarked
package dev.qwen2api.account;

import org.jspecify.annotations.NullMarked;
