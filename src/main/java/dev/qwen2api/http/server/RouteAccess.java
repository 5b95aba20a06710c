package dev.qwen2api.http.server;

import io.javalin.security.RouteRole;

/** The access that a route requires; {@link #ADMIN} where it names none. */
public enum RouteAccess implements RouteRole {
    /** Nothing. */
    OPEN,
    /** Any key. */
    CLIENT,
    /** The administrator's key where one is set, else any key. */
    ADMIN
}
