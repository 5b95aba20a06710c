package dev.qwen2api.http.server;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees the last requests out. */
final class Shutdown {

    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    /** Enough to send every client one line of farewell. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final RouteSupport desk;

    Shutdown(RouteSupport desk) {
        this.desk = desk;
    }

    /** Returns when nobody is inside any more, or the time of grace and of farewell is over. */
    void drain() {
        RequestLimiter requestLimiter = desk.traffic();
        requestLimiter.close();
        try {
            int left = requestLimiter.awaitQuiet(desk.limits().grace());
            if (left > 0) {
                LOG.warn("[HTTP] {} requests are ended: the time of grace is over", left);
                requestLimiter.interrupt();
                requestLimiter.awaitQuiet(FAREWELL);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
