package dev.qwen2api.http.server;

import java.time.Duration;

/**
 * The limits of the server.
 *
 * @param maxBody longest request body, in bytes
 * @param maxConcurrent most requests in flight; further ones get 503 at once
 * @param keepAlive how long a connection may stay open between two requests
 * @param stall how long a client may take to send, or to accept, the next byte
 * @param grace how long running requests may go on after {@link Server#close()}
 */
public record HttpLimits(long maxBody, int maxConcurrent, Duration keepAlive, Duration stall, Duration grace) {

    /**
     * Longer than the 60 seconds after which common proxies drop an idle connection, so that they are first to do so.
     */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(75);

    private static final Duration STALL = Duration.ofSeconds(30);

    public HttpLimits {
        if (maxBody < 1 || maxConcurrent < 1 || grace.isNegative()) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /**
     * Those that the owner sets, with sensible values for the rest.
     *
     * @param maxConcurrent 0 for as many as the memory allows
     */
    public static HttpLimits of(long maxBody, int maxConcurrent, Duration grace) {
        int most = maxConcurrent == 0 ? ServerThreads.sensibleLimit() : maxConcurrent;
        return new HttpLimits(maxBody, most, KEEP_ALIVE, STALL, grace);
    }
}
