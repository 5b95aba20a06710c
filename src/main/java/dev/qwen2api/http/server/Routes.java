package dev.qwen2api.http.server;

import io.javalin.router.JavalinDefaultRoutingApi;

/** Adds routes to the table; each names the {@link RouteAccess} that it asks for. */
@FunctionalInterface
public interface Routes {
    void addTo(JavalinDefaultRoutingApi table);
}
