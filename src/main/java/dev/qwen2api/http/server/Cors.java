package dev.qwen2api.http.server;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides which web pages may call the gateway, never with the browser's credentials, and answers every {@code
 * OPTIONS} request. Thread-safe; the origins may be replaced while requests run.
 */
public final class Cors implements Handler {

    private static final String ANY = "*";
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private static final String HEADERS = "authorization, content-type, x-api-key, x-goog-api-key, x-request-id";
    private static final String EXPOSED =
            "x-request-id, request-id, retry-after, x-should-retry, x-qwen2api-channel, x-qwen2api-shortened";
    private static final String TWO_HOURS = "7200";
    private static final Pattern FIELD_NAMES = Pattern.compile("[A-Za-z0-9_, -]{1,2048}");

    private volatile Set<String> origins;

    /** The origins that may call, such as {@code https://chat.example.org}; {@code *} lets all of them. */
    public Cors(Collection<String> origins) {
        this.origins = normal(origins);
    }

    /** Lets other origins call from now on. */
    public void replace(Collection<String> next) {
        origins = normal(next);
    }

    private static Set<String> normal(Collection<String> origins) {
        return origins.stream()
                .map(origin -> origin.strip().replaceAll("/+$", ""))
                .filter(origin -> !origin.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void handle(Context ctx) {
        boolean preflight = ctx.req().getMethod().equals("OPTIONS");
        Set<String> current = origins;
        if (!current.contains(ANY)) {
            ctx.addHeader("Vary", "Origin");
        }
        String origin = ctx.header("Origin");
        if (origin != null) {
            allowed(origin, current).ifPresent(value -> {
                ctx.header("Access-Control-Allow-Origin", value);
                if (preflight) {
                    permit(ctx);
                } else {
                    ctx.header("Access-Control-Expose-Headers", EXPOSED);
                }
            });
        }
        if (preflight) {
            ctx.status(204).skipRemainingHandlers();
        }
    }

    private static Optional<String> allowed(String origin, Set<String> origins) {
        if (origins.contains(ANY)) {
            return Optional.of(ANY);
        }
        return origins.contains(origin) ? Optional.of(origin) : Optional.empty();
    }

    /**
     * Echoes the headers that the page wants to send: SDKs add their own by the dozen, and none of them decides
     * anything.
     */
    private static void permit(Context ctx) {
        String wanted = ctx.header("Access-Control-Request-Headers");
        boolean echo = wanted != null && FIELD_NAMES.matcher(wanted).matches();
        ctx.header("Access-Control-Allow-Methods", METHODS);
        ctx.header("Access-Control-Allow-Headers", echo && wanted != null ? wanted : HEADERS);
        ctx.header("Access-Control-Max-Age", TWO_HOURS);
        ctx.addHeader("Vary", "Access-Control-Request-Headers");
    }
}
