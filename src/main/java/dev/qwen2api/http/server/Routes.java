package dev.qwen2api.http.server;

import io.javalin.http.Handler;
import io.javalin.router.JavalinDefaultRoutingApi;
import io.javalin.security.RouteRole;

/** Adds routes to the route table, each with the {@link RouteAccess} that it requires. */
@FunctionalInterface
public interface Routes {

    /** The access that a route requires; {@link #ADMIN} where it names none. */
    enum RouteAccess implements RouteRole {
        /** Nothing. */
        OPEN,
        /** Any key. */
        CLIENT,
        /** The administrator's key where one is set, else any key. */
        ADMIN
    }

    void addTo(JavalinDefaultRoutingApi table);

    /**
     * A route to read from. Javalin answers HEAD itself where only GET is declared, but past the route's own access.
     */
    static void read(JavalinDefaultRoutingApi table, String path, Handler handler, RouteAccess access) {
        table.get(path, handler, access);
        table.head(path, handler, access);
    }
}
