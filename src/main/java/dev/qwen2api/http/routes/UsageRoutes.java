package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.Usage;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.account.UsageRecorder.Report;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.http.server.ManagementJson;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports the usage of the accounts day by day. Thread-safe. */
public final class UsageRoutes implements Routes {

    private static final Logger LOG = LoggerFactory.getLogger(UsageRoutes.class);
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,2}");
    private static final int MOST_DAYS = 366;
    private static final int USUAL_DAYS = 30;
    private static final String NOT_READ = "读取用量失败（数据库无法读取）";

    private final UsageRecorder usage;

    public UsageRoutes(UsageRecorder usage) {
        this.usage = usage;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Routes.read(table, "/api/usage", this::tell, RouteAccess.ADMIN);
    }

    private void tell(Context ctx) {
        int days = days(ctx);
        try {
            Report report = usage.last(days);
            ManagementJson.send(ctx, 200, ManagementJson.success().set("data", data(report, days)));
        } catch (NotReadException unreadable) {
            LOG.warn("[SQLITE] usage could not be read: {}", unreadable.getMessage());
            ManagementJson.send(ctx, 503, ManagementJson.failure(NOT_READ));
        }
    }

    private static int days(Context ctx) {
        String text = Optional.ofNullable(ctx.queryParam("days")).orElse(Integer.toString(USUAL_DAYS));
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) > MOST_DAYS) {
            throw Problem.invalid("days", "'days' must be a number from 1 to " + MOST_DAYS + ".")
                    .toException();
        }
        return Integer.parseInt(text);
    }

    private static ObjectNode data(Report report, int days) {
        ObjectNode data = ManagementJson.object()
                .put("days", days)
                .put("from", report.from().toString())
                .put("to", report.to().toString());
        Usage total = report.sums().values().stream().reduce(Usage.NONE, Usage::plus);
        data.set("totals", add(total, ManagementJson.object()));
        ArrayNode rows = data.putArray("usage");
        report.sums().forEach((key, sum) -> {
            ObjectNode row = rows.addObject()
                    .put("day", key.day().toString())
                    .put("accountId", key.account().toString())
                    .put("model", key.model());
            add(sum, row);
        });
        return data;
    }

    private static ObjectNode add(Usage sum, ObjectNode node) {
        return node.put("requests", sum.requests())
                .put("inputTokens", sum.input())
                .put("outputTokens", sum.output());
    }
}
