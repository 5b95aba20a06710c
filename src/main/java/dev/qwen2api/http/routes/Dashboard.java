package dev.qwen2api.http.routes;

import dev.qwen2api.config.Sha256;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves the dashboard at {@code /} to browsers, and a line of text to other clients. The page needs no key: it
 * fetches what it shows from the management routes with the key that its user types in. Thread-safe.
 */
public final class Dashboard implements Routes {

    private static final String FOLDER = "/dashboard/";
    private static final String PAGE = "index.html";

    /**
     * No address but our own is requested, except for pictures of answers, and no script or style runs that is not a
     * file of ours.
     */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data: https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private static final String[] FILES = {
        "app.css",
        "icon.svg",
        "main.js",
        "accounts.js",
        "api.js",
        "chat.js",
        "cookie.js",
        "dom.js",
        "i18n.js",
        "live.js",
        "usage.js"
    };

    private final Map<String, Loaded> loaded = new ConcurrentHashMap<>();

    private record Loaded(String text, String tag) {}

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Routes.read(table, "/", this::greet, RouteAccess.OPEN);
        for (String file : FILES) {
            Routes.read(table, FOLDER + file, ctx -> send(ctx, file), RouteAccess.OPEN);
        }
    }

    private void greet(Context ctx) {
        String accept = ctx.header("Accept");
        ctx.header("Vary", "Accept");
        if (accept != null && accept.contains("text/html")) {
            send(ctx, PAGE);
        } else {
            ctx.result("Qwen2API is running. The OpenAI-compatible API is at /v1.\n");
        }
    }

    private void send(Context ctx, String file) {
        Loaded found = loaded.computeIfAbsent(file, Dashboard::load);
        ctx.header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-cache")
                .header("ETag", found.tag());
        if (found.tag().equals(ctx.header("If-None-Match"))) {
            ctx.status(304);
            return;
        }
        String extension = file.substring(file.lastIndexOf('.') + 1);
        ctx.contentType(TYPES.getOrDefault(extension, "application/octet-stream"))
                .result(found.text());
    }

    private static Loaded load(String file) {
        try (InputStream in = Dashboard.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + FOLDER + file);
            }
            byte[] bytes = in.readAllBytes();
            return new Loaded(
                    new String(bytes, StandardCharsets.UTF_8),
                    '"' + Sha256.hex(bytes).substring(0, 16) + '"');
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
