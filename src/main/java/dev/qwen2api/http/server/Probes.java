package dev.qwen2api.http.server;

import java.util.Set;

/** The paths that monitoring requests every few seconds: never refused for load, and logged at debug level alone. */
public final class Probes {

    public static final String ALIVE = "/healthz";
    public static final String READY = "/readyz";
    public static final String METRICS = "/metrics";

    private static final Set<String> ALL = Set.of(ALIVE, READY, METRICS);

    private Probes() {}

    static boolean isProbe(String path) {
        return ALL.contains(path);
    }
}
