package dev.qwen2api.http;

import dev.qwen2api.metrics.Exposition;
import dev.qwen2api.metrics.Family;
import dev.qwen2api.metrics.Sample;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The page that Prometheus reads. It takes the owner's key unless the owner has made it public. Thread-safe. */
public final class MetricsRoutes implements Routes {

    private final FrontDesk desk;
    private final ApiKeys keys;
    private final List<Family.Source> sources;
    private final Supplier<Access> access;

    /**
     * @param access what is asked of the caller now
     * @param sources what is told beside the requests, in this order
     */
    public MetricsRoutes(FrontDesk desk, ApiKeys keys, Supplier<Access> access, List<Family.Source> sources) {
        this.desk = desk;
        this.keys = keys;
        this.access = access;
        this.sources = List.copyOf(sources);
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Server.read(table, Probes.METRICS, this::tell, Access.OPEN);
    }

    private void tell(Context ctx) {
        keys.require(ctx, access.get());
        var families = new ArrayList<>(desk.metrics().families());
        families.add(Family.gauge(
                "qwen2api_http_requests_in_flight",
                "Requests whose answer is not complete.",
                Sample.of(desk.traffic().inside())));
        families.add(Family.gauge(
                "qwen2api_answers_open",
                "Answers, streams above all, that are waited for or being sent.",
                Sample.of(desk.traffic().answers())));
        sources.forEach(source -> families.addAll(source.families()));
        ctx.header("Cache-Control", "no-store")
                .contentType(Exposition.CONTENT_TYPE)
                .result(Exposition.text(families));
    }
}
