package dev.qwen2api.http.routes;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.http.server.RouteAccess;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.http.server.Server;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.time.ZoneId;
import java.util.function.Function;

/** How the accounts are doing, under both of its names. Thread-safe. */
public final class HealthRoutes implements Routes {

    private final AccountRing ring;
    private final UsageRecorder usage;
    private final HealthReport report;

    /**
     * @param cli how an account is doing on the CLI channel
     * @param zone in which the end of a session is told
     */
    public HealthRoutes(AccountRing ring, UsageRecorder usage, Function<AccountId, CliStatus> cli, ZoneId zone) {
        this.ring = ring;
        this.usage = usage;
        this.report = new HealthReport(cli, zone);
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Server.read(table, "/api/accountsHealth", this::tell, RouteAccess.ADMIN);
        Server.read(table, "/api/health", this::tell, RouteAccess.ADMIN);
    }

    private void tell(Context ctx) {
        ManagementJson.send(
                ctx, 200, ManagementJson.success().set("data", report.full(ring.statuses(), usage.byAccountToday())));
    }
}
