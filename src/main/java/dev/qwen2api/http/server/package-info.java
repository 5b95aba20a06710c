/**
 * The HTTP server: Jetty under Javalin, limits, client keys, sinks, and the access log. {@link dev.qwen2api.http.server.Server}
 * starts it with a list of {@link dev.qwen2api.http.server.Routes}; below Javalin, {@link
 * dev.qwen2api.http.server.WatchedEndPoint} notices clients that hang up without a word.
 */
@NullMarked
package dev.qwen2api.http.server;

import org.jspecify.annotations.NullMarked;
