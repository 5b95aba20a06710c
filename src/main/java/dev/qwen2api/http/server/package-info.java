/**
 * The HTTP server. With the routes it is the only package that knows Javalin, servlets and Jetty. {@link
 * dev.qwen2api.http.server.Server} takes the routes as a list; sinks write answers to clients. Below Javalin, {@link
 * dev.qwen2api.http.server.WatchedEndPoint} notices clients that hang up in silence.
 */
@NullMarked
package dev.qwen2api.http.server;

import org.jspecify.annotations.NullMarked;
