package dev.qwen2api.http.server;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The requests that come every few seconds: those of monitoring, which are never refused for load, and the polls of an
 * open dashboard. Both are logged at debug level alone.
 */
public final class Probes {

    public static final String ALIVE = "/healthz";
    public static final String READY = "/readyz";
    public static final String METRICS = "/metrics";

    /** The header by which the dashboard marks what its timer requests. */
    static final String POLL = "X-Qwen2API-Poll";

    private static final Set<String> ALL = Set.of(ALIVE, READY, METRICS);

    private Probes() {}

    /** Whether it is a poll of the dashboard: other requests with its header are logged and listed like any. */
    static boolean isPoll(String method, String path, @Nullable String header) {
        return header != null && method.equals("GET") && path.startsWith("/api/");
    }

    static boolean isProbe(String path) {
        return ALL.contains(path);
    }
}
