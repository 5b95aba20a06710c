/**
 * Looks the whole set-up over without changing anything, and says in one line each what is well, what is not, and what to do about
 * it. No secret, host or folder of the owner's is in a line, so that the lines can be shown to anybody.
 */
@NullMarked
package dev.qwen2api.ops.doctor;

import org.jspecify.annotations.NullMarked;
