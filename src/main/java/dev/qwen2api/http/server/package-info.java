/**
 * The HTTP side, and the only room that knows Javalin, servlets and Jetty. {@link dev.qwen2api.http.Server} holds the route
 * table; a handler reads a request, and {@link dev.qwen2api.http.Answers} lets the domain print its answer into a sink that
 * writes to the client. Below Javalin, {@link dev.qwen2api.http.WatchedEndPoint} notices clients that hang up in silence.
 */
@NullMarked
package dev.qwen2api.http.server;

import org.jspecify.annotations.NullMarked;
