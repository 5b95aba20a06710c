package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.NoAccountException;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.Probes;
import dev.qwen2api.http.server.RouteAccess;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.http.server.Server;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the process lives, and whether a chat can be answered now. Open to everybody, so no account is named: who holds the
 * key learns that from {@code /api/health}. Thread-safe.
 */
public final class ProbeRoutes implements Routes {

    private final RouteSupport desk;
    private final Supplier<Optional<NoAccountException>> absence;

    /**
     * @param absence why no account can be had now; empty where one can
     */
    public ProbeRoutes(RouteSupport desk, Supplier<Optional<NoAccountException>> absence) {
        this.desk = desk;
        this.absence = absence;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Server.read(table, Probes.ALIVE, ProbeRoutes::alive, RouteAccess.OPEN);
        Server.read(table, Probes.READY, this::ready, RouteAccess.OPEN);
    }

    private static void alive(Context ctx) {
        ManagementJson.send(ctx, 200, ManagementJson.object().put("status", "ok"));
    }

    private void ready(Context ctx) {
        Optional<NotReady> hindrance = desk.traffic()
                .refusal()
                .map(problem -> new NotReady(problem.kind(), problem.message(), problem.retryAfter()))
                .or(() -> absence.get().map(ProbeRoutes::of));
        if (hindrance.isEmpty()) {
            ManagementJson.send(ctx, 200, ManagementJson.object().put("status", "ready"));
            return;
        }
        NotReady why = hindrance.get();
        ObjectNode body = ManagementJson.object()
                .put("status", "not_ready")
                .put("code", why.kind().code())
                .put("reason", why.reason());
        why.pause().ifPresent(wait -> {
            long seconds = Math.max(1, wait.toSeconds() + 1);
            body.put("retryAfterSeconds", seconds);
            ctx.header("Retry-After", Long.toString(seconds));
        });
        ManagementJson.send(ctx, 503, body);
    }

    private record NotReady(ProblemKind kind, String reason, Optional<Duration> pause) {}

    private static NotReady of(NoAccountException absence) {
        return switch (absence.why()) {
            case NONE_CONFIGURED ->
                new NotReady(
                        ProblemKind.NO_ACCOUNT,
                        "No account is configured: put a cookie into QWEN_COOKIES, or POST it to /api/addAccount.",
                        Optional.empty());
            case ALL_EXPIRED ->
                new NotReady(
                        ProblemKind.SESSION_EXPIRED,
                        "Every session has expired: copy a fresh cookie.",
                        absence.retryAfter());
            case ALL_CHALLENGED ->
                new NotReady(
                        ProblemKind.VERIFICATION_REQUIRED,
                        "The service asks for a human check: pass it in the browser.",
                        absence.retryAfter());
            case ALL_TRIED, ALL_EXHAUSTED, ALL_RESTING ->
                new NotReady(
                        ProblemKind.RATE_LIMITED,
                        "Every account is limited or rests: /api/health says why.",
                        absence.retryAfter());
        };
    }
}
