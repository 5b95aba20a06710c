package dev.qwen2api.http.server;

import io.javalin.router.JavalinDefaultRoutingApi;

/** Adds routes to the route table, each with the {@link RouteAccess} that it requires. */
@FunctionalInterface
public interface Routes {
    void addTo(JavalinDefaultRoutingApi table);
}
