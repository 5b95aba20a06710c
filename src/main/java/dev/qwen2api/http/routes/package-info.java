/**
 * The HTTP resources: chat, responses, messages, images, videos, models, accounts, configuration, health, usage,
 * dashboard.
 */
@NullMarked
package dev.qwen2api.http.routes;

import org.jspecify.annotations.NullMarked;
