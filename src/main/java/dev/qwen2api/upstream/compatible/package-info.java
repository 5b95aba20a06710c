/**
 * OpenAI-compatible services as channels: the CLI portal with OAuth credentials that the accounts obtain by themselves
 * (RFC 8628 with PKCE), and a service with an official key. The free tier behind the OAuth credentials closed on
 * 2026-04-15.
 */
@NullMarked
package dev.qwen2api.upstream.compatible;

import org.jspecify.annotations.NullMarked;
