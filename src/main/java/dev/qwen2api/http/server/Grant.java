package dev.qwen2api.http.server;

/** What a key entitles to. */
public enum Grant {
    /** It is no key of this gateway. */
    NONE,
    /** A client's key, with an administrator's key beside it. */
    CLIENT,
    /** A client's key that manages too, since no administrator's key is set. */
    MANAGER,
    /** The administrator's key. */
    ADMIN;

    /** Returns whether a route that asks for {@code access} lets this in. */
    public boolean allows(RouteAccess routeAccess) {
        return switch (routeAccess) {
            case OPEN -> true;
            case CLIENT -> this != NONE;
            case ADMIN -> this == MANAGER || this == ADMIN;
        };
    }
}
