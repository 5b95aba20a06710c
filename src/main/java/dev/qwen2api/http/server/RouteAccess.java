package dev.qwen2api.http.server;

import io.javalin.security.RouteRole;

/** What a route asks of its caller. A route that says nothing asks for {@link #ADMIN}. */
public enum RouteAccess implements RouteRole {
    /** Nothing. */
    OPEN,
    /** Any key. */
    CLIENT,
    /** The administrator's key where one is set, else any key. */
    ADMIN
}
