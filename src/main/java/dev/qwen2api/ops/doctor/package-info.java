/**
 * The doctor: examines the set-up without changing anything and prints one line a finding with advice. No line holds a
 * secret, host or folder of the owner's, so that it can be shared.
 */
@NullMarked
package dev.qwen2api.ops.doctor;

import org.jspecify.annotations.NullMarked;
