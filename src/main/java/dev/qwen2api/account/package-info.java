/**
 * The accounts in memory: who they are, whose turn it is, how well they are, and what they have done. No HTTP, no
 * SQL, no clock of its own.
 */
@NullMarked
package dev.qwen2api.account;

import org.jspecify.annotations.NullMarked;
