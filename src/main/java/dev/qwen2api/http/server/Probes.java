package dev.qwen2api.http.server;

import java.util.Set;

/** The routes that machines ask every few seconds: always let in, and kept out of the log unless it tells everything. */
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
