package dev.qwen2api;

import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.CircuitBreaker;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.config.Settings;
import dev.qwen2api.http.routes.MetricsRoutes;
import dev.qwen2api.http.routes.ProbeRoutes;
import dev.qwen2api.http.server.ApiKeys;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.http.server.Routes.RouteAccess;
import dev.qwen2api.metrics.AccountMetrics;
import dev.qwen2api.metrics.MetricFamily;
import dev.qwen2api.metrics.MetricFamily.Sample;
import dev.qwen2api.metrics.MetricFamily.Sample.Label;
import dev.qwen2api.metrics.ProcessMetrics;
import dev.qwen2api.store.Database;
import dev.qwen2api.upstream.qwen.error.WireChanges;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Wires the probes and the metrics. Thread-safe. */
final class Telemetry {

    private final AccountRing ring;
    private final UsageRecorder usage;
    private final Database database;
    private final Clock clock;
    private volatile RouteAccess routeAccess = RouteAccess.ADMIN;

    Telemetry(AccountRing ring, UsageRecorder usage, Database database, Settings settings, Clock clock) {
        this.ring = ring;
        this.usage = usage;
        this.database = database;
        this.clock = clock;
        apply(settings);
    }

    void apply(Settings settings) {
        routeAccess = settings.server().metricsPublic() ? RouteAccess.OPEN : RouteAccess.ADMIN;
    }

    /** Returns the version in the manifest of the jar; classes outside a jar have none. */
    static String version() {
        String version = Telemetry.class.getPackage().getImplementationVersion();
        return version == null ? "(not built)" : version;
    }

    /**
     * The observed parts of the upstream.
     *
     * @param connected whether its HTTP client still runs
     * @param changes counts what the service sent that the gateway does not know
     */
    record Upstream(BooleanSupplier connected, WireChanges changes) {}

    List<Routes> routes(RouteSupport support, ApiKeys keys, EnvReloader reloader, Upstream upstream) {
        List<MetricFamily.Source> sources = List.of(
                new AccountMetrics(ring, usage),
                () -> breaker(ring.breaker(), clock.instant()),
                () -> configAndDatabase(reloader),
                () -> List.of(unknown(upstream.changes())),
                new ProcessMetrics(version()));
        return List.of(
                new ProbeRoutes(support, upstream.connected(), ring::noAccount),
                new MetricsRoutes(support, keys, () -> routeAccess, sources));
    }

    private static MetricFamily unknown(WireChanges changes) {
        return MetricFamily.counter(
                "qwen2api_upstream_unknown_total",
                "Codes and phases of the service that the gateway does not know, and tools that it refused.",
                changes.counts().entrySet().stream()
                        .map(each -> {
                            String[] parts = each.getKey().split(":", 2);
                            return Sample.of(each.getValue(), new Label("kind", parts[0]), new Label("name", parts[1]));
                        })
                        .toArray(Sample[]::new));
    }

    private static List<MetricFamily> breaker(CircuitBreaker breaker, Instant now) {
        return List.of(
                MetricFamily.gauge(
                        "qwen2api_circuit_breaker",
                        "State of the circuit breaker that opens after several human checks.",
                        Arrays.stream(CircuitBreaker.State.values())
                                .map(state -> Sample.of(
                                        state == breaker.state(now) ? 1 : 0, new Label("state", state.wire())))
                                .toArray(Sample[]::new)),
                MetricFamily.gauge(
                        "qwen2api_circuit_breaker_open_until_timestamp_seconds",
                        "When the circuit breaker lets requests through again; absent unless it is open.",
                        breaker.openUntil(now).stream()
                                .map(end -> Sample.of(end.getEpochSecond()))
                                .toArray(Sample[]::new)));
    }

    private List<MetricFamily> configAndDatabase(EnvReloader reloader) {
        return List.of(
                MetricFamily.counter(
                        "qwen2api_config_reloads_total",
                        "Changes of .env by result.",
                        Sample.of(reloader.applied(), new Label("result", "applied")),
                        Sample.of(reloader.refused(), new Label("result", "refused"))),
                MetricFamily.gauge(
                        "qwen2api_database_up",
                        "Whether the database is usable.",
                        Sample.of(database.problem().isEmpty() ? 1 : 0)));
    }
}
