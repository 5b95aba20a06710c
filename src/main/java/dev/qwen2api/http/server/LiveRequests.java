package dev.qwen2api.http.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Lists the requests in flight for the owner: ids and times, without keys and prompts. Thread-safe. */
final class LiveRequests implements Routes {

    private final LongSupplier nanoTime;
    private final Map<HttpServletRequest, Long> running = new ConcurrentHashMap<>();

    LiveRequests(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Routes.read(table, "/api/requests", this::show, RouteAccess.ADMIN);
    }

    void begin(HttpServletRequest request) {
        if (!Probes.isPoll(request.getMethod(), request.getRequestURI(), request.getHeader(Probes.POLL))) {
            running.put(request, nanoTime.getAsLong());
        }
    }

    void end(HttpServletRequest request) {
        running.remove(request);
    }

    /** The oldest first, without the request itself. */
    private void show(Context ctx) {
        long now = nanoTime.getAsLong();
        ObjectNode answer = ManagementJson.success();
        ArrayNode list = answer.putObject("data").putArray("requests");
        running.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(ctx.req()))
                .sorted(Comparator.comparing(Map.Entry::getValue))
                .forEach(entry -> list.add(row(entry.getKey(), now - entry.getValue())));
        ManagementJson.send(ctx, 200, answer);
    }

    private static ObjectNode row(HttpServletRequest request, long nanos) {
        return ManagementJson.object()
                .put("id", text(request.getAttribute(AccessLog.ID)))
                .put("route", text(request.getAttribute(AccessLog.ROUTE)))
                .put("model", text(request.getAttribute(AccessLog.MODEL)))
                .put("account", text(request.getAttribute(AccessLog.ACCOUNT)))
                .put("answering", request.getAttribute(AccessLog.FIRST_TOKEN) != null)
                .put("millis", TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
