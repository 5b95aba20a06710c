/**
 * The stage for real clients and agents: a stand-in upstream that plays rules from a file, and gateways in front of it.
 */
@NullMarked
package dev.qwen2api.clients;

import org.jspecify.annotations.NullMarked;
