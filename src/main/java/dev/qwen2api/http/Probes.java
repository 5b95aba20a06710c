package dev.qwen2api.http;

import java.util.Set;

/** The routes that machines ask every few seconds: always let in, and kept out of the log unless it tells everything. */
final class Probes {

    static final String ALIVE = "/healthz";
    static final String READY = "/readyz";
    static final String METRICS = "/metrics";

    private static final Set<String> ALL = Set.of(ALIVE, READY, METRICS);

    private Probes() {}

    static boolean isProbe(String path) {
        return ALL.contains(path);
    }
}
