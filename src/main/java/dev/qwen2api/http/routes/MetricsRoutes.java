package dev.qwen2api.http.routes;

import dev.qwen2api.http.server.ApiKeys;
import dev.qwen2api.http.server.Probes;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.metrics.Exposition;
import dev.qwen2api.metrics.MetricFamily;
import dev.qwen2api.metrics.MetricFamily.Sample;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Serves the metrics to Prometheus, with the owner's key unless the owner has made them public. Thread-safe. */
public final class MetricsRoutes implements Routes {

    private final RouteSupport support;
    private final ApiKeys keys;
    private final List<MetricFamily.Source> sources;
    private final Supplier<RouteAccess> access;

    /**
     * @param access the access required now
     * @param sources further metrics, in this order
     */
    public MetricsRoutes(
            RouteSupport support, ApiKeys keys, Supplier<RouteAccess> access, List<MetricFamily.Source> sources) {
        this.support = support;
        this.keys = keys;
        this.access = access;
        this.sources = List.copyOf(sources);
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Routes.read(table, Probes.METRICS, this::tell, RouteAccess.OPEN);
    }

    private void tell(Context ctx) {
        keys.require(ctx, access.get());
        var families = new ArrayList<>(support.metrics().families());
        families.add(MetricFamily.gauge(
                "qwen2api_http_requests_in_flight",
                "Requests whose answer is not complete.",
                Sample.of(support.limiter().inside())));
        families.add(MetricFamily.gauge(
                "qwen2api_answers_open",
                "Answers, streams above all, that are waited for or being sent.",
                Sample.of(support.limiter().answers())));
        sources.forEach(source -> families.addAll(source.families()));
        ctx.header("Cache-Control", "no-store")
                .contentType(Exposition.CONTENT_TYPE)
                .result(Exposition.text(families));
    }
}
