package dev.qwen2api;

import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.UsageBook;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.config.Settings;
import dev.qwen2api.http.Access;
import dev.qwen2api.http.ApiKeys;
import dev.qwen2api.http.EmptyStream;
import dev.qwen2api.http.FrontDesk;
import dev.qwen2api.http.MetricsRoutes;
import dev.qwen2api.http.ProbeRoutes;
import dev.qwen2api.http.Routes;
import dev.qwen2api.metrics.AccountMetrics;
import dev.qwen2api.metrics.Family;
import dev.qwen2api.metrics.ProcessMetrics;
import dev.qwen2api.metrics.Sample;
import dev.qwen2api.metrics.Sample.Label;
import dev.qwen2api.store.Database;
import java.util.List;

/** What machines are told of the gateway: whether it lives, whether it can answer, and its metrics. Thread-safe. */
final class Telemetry {

    private final AccountRing ring;
    private final UsageBook usage;
    private final Database database;
    private volatile Access access = Access.ADMIN;

    Telemetry(AccountRing ring, UsageBook usage, Database database, Settings settings) {
        this.ring = ring;
        this.usage = usage;
        this.database = database;
        obey(settings);
    }

    void obey(Settings settings) {
        access = settings.server().metricsPublic() ? Access.OPEN : Access.ADMIN;
    }

    List<Routes> routes(FrontDesk desk, ApiKeys keys, EnvReloader reloader) {
        List<Family.Source> sources = List.of(
                new AccountMetrics(ring::statuses, ring::failures, usage::sinceStart),
                () -> upkeep(reloader),
                new ProcessMetrics(Main.version()));
        return List.of(
                new ProbeRoutes(desk, ring::absence),
                new EmptyStream(desk),
                new MetricsRoutes(desk, keys, () -> access, sources));
    }

    private List<Family> upkeep(EnvReloader reloader) {
        return List.of(
                Family.counter(
                        "qwen2api_config_reloads_total",
                        "Changes of .env by what became of them.",
                        Sample.of(reloader.applied(), new Label("result", "applied")),
                        Sample.of(reloader.refused(), new Label("result", "refused"))),
                Family.gauge(
                        "qwen2api_database_up",
                        "Whether the database can be used.",
                        Sample.of(database.problem().isEmpty() ? 1 : 0)));
    }
}
