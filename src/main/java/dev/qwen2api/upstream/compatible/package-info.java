/**
 * The CLI channel: how an account obtains and renews its OAuth credential (RFC 8628 with PKCE), and how requests in OpenAI's wire
 * format go to the portal and their answers come back frame by frame. The free tier behind the credentials closed on 2026-04-15;
 * the channel works where a credential works, and says so where none does.
 */
@NullMarked
package dev.qwen2api.upstream.compatible;

import org.jspecify.annotations.NullMarked;
