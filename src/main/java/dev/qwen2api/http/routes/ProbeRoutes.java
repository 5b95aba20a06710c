package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.CircuitBreaker;
import dev.qwen2api.account.NoAccountException;
import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.ClientOutput;
import dev.qwen2api.http.server.ManagementJson;
import dev.qwen2api.http.server.Probes;
import dev.qwen2api.http.server.RequestLimiter;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Liveness and readiness probes, and an empty stream to test proxies with. The probes are open to everybody, so they
 * name no account: {@code /api/health} does. Thread-safe.
 */
public final class ProbeRoutes implements Routes {

    private static final String STREAM = "/healthz/stream";

    private static final int PIECES = 4;
    private static final long BETWEEN = 250;
    /** Interval in which the connection of the client is checked, in milliseconds. */
    private static final long SLICE = 250;

    private static final int LONGEST_SILENCE = 120;

    private static final Problem DISCONNECTED = Problem.retryable(
            ProblemKind.INTERNAL,
            "The HTTP client of the gateway broke down and is being rebuilt: its log says more.",
            Duration.ofSeconds(1));

    private final RouteSupport support;
    private final BooleanSupplier connected;
    private final Supplier<Optional<NoAccountException>> unavailable;

    /**
     * @param connected whether the gateway can call the upstream at all
     * @param unavailable why no account can be had now; empty where one can
     */
    public ProbeRoutes(
            RouteSupport support, BooleanSupplier connected, Supplier<Optional<NoAccountException>> unavailable) {
        this.support = support;
        this.connected = connected;
        this.unavailable = unavailable;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Routes.read(table, Probes.ALIVE, ProbeRoutes::alive, RouteAccess.OPEN);
        Routes.read(table, Probes.READY, this::ready, RouteAccess.OPEN);
        table.get(STREAM, this::stream, RouteAccess.CLIENT);
    }

    private static void alive(Context ctx) {
        ManagementJson.send(ctx, 200, ManagementJson.object().put("status", "ok"));
    }

    private void ready(Context ctx) {
        Optional<Problem> refusal = support.limiter()
                .refusal()
                .or(() -> connected.getAsBoolean() ? Optional.empty() : Optional.of(DISCONNECTED));
        Optional<NoAccountException> noAccount = refusal.isPresent() ? Optional.empty() : unavailable.get();
        Optional<Problem> hindrance = refusal.or(() -> noAccount.map(ProbeRoutes::problem));
        if (hindrance.isEmpty()) {
            ManagementJson.send(ctx, 200, ManagementJson.object().put("status", "ready"));
            return;
        }
        Problem why = hindrance.get();
        ObjectNode body = ManagementJson.object()
                .put("status", "not_ready")
                .put("code", why.kind().code())
                .put("reason", why.message());
        noAccount
                .flatMap(NoAccountException::breakerUntil)
                .ifPresent(end -> body.putObject("circuitBreaker")
                        .put("state", CircuitBreaker.State.OPEN.wire())
                        .put("until", ManagementJson.moment(Optional.of(end))));
        why.retryAfter().ifPresent(wait -> {
            long seconds = Math.max(1, wait.toSeconds() + 1);
            body.put("retryAfterSeconds", seconds);
            ctx.header("Retry-After", Long.toString(seconds));
        });
        ManagementJson.send(ctx, 503, body);
    }

    private static Problem problem(NoAccountException unavailable) {
        if (unavailable.breakerUntil().isPresent()) {
            return notReady(
                    ProblemKind.VERIFICATION_REQUIRED,
                    "The service asks for a human check: pass it in the browser. The circuit breaker is open until "
                            + ManagementJson.moment(unavailable.breakerUntil()) + ".",
                    unavailable);
        }
        return switch (unavailable.why()) {
            case NONE_CONFIGURED ->
                notReady(
                        ProblemKind.NO_ACCOUNT,
                        "No account is configured: put a cookie into QWEN_COOKIES, or POST it to /api/addAccount.",
                        unavailable);
            case ALL_EXPIRED ->
                notReady(ProblemKind.SESSION_EXPIRED, "Every session has expired: copy a fresh cookie.", unavailable);
            case ALL_CHALLENGED ->
                notReady(
                        ProblemKind.VERIFICATION_REQUIRED,
                        "The service asks for a human check: pass it in the browser.",
                        unavailable);
            case ALL_EXHAUSTED ->
                notReady(
                        ProblemKind.QUOTA_EXHAUSTED,
                        "The quota of every account is used up: /api/health says until when.",
                        unavailable);
            case ALL_TRIED, ALL_COOLING_DOWN ->
                notReady(
                        ProblemKind.RATE_LIMITED,
                        "Every account is limited or cooling down: /api/health says why.",
                        unavailable);
        };
    }

    private static Problem notReady(ProblemKind kind, String reason, NoAccountException unavailable) {
        return new Problem(kind, reason, Optional.empty(), unavailable.retryAfter());
    }

    /**
     * A stream without an answer, to test what a proxy does to streams without spending a message: some pieces in
     * quick succession, a long silence, and a last piece. It requires a key, since it occupies a connection.
     */
    private void stream(Context ctx) {
        int silence = silence(ctx.queryParam("silence"));
        var out = new ClientOutput(ctx, support);
        out.begin(ClientOutput.EVENT_STREAM);
        try (RequestLimiter.Mark answering = support.limiter().answering()) {
            tell(out, silence);
        } catch (ClientGoneException gone) {
            // The client has left.
        } catch (InterruptedException stopped) {
            out.end();
        } finally {
            Thread.interrupted();
        }
    }

    private static void tell(ClientOutput out, int silence) throws InterruptedException {
        for (int i = 1; i <= PIECES; i++) {
            send(out, Integer.toString(i));
            pause(out, BETWEEN);
        }
        pause(out, TimeUnit.SECONDS.toMillis(silence));
        send(out, "[DONE]");
        out.end();
    }

    private static int silence(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > LONGEST_SILENCE) {
            throw Problem.invalid("silence", "'silence' is a number of seconds from 0 to " + LONGEST_SILENCE + ".")
                    .toException();
        }
        return Integer.parseInt(text);
    }

    private static void send(ClientOutput out, String data) {
        var buffer = new ByteArrayOutputStream();
        buffer.writeBytes(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.send(buffer);
    }

    private static void pause(ClientOutput out, long millis) throws InterruptedException {
        for (long left = millis; left > 0 && !out.clientGone(); left -= SLICE) {
            TimeUnit.MILLISECONDS.sleep(Math.min(left, SLICE));
        }
    }
}
