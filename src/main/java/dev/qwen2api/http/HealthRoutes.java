package dev.qwen2api.http;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.UsageBook;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.time.ZoneId;
import java.util.OptionalLong;
import java.util.function.Function;

/** How the accounts are doing, under both of its names. Thread-safe. */
public final class HealthRoutes implements Routes {

    private final AccountRing ring;
    private final UsageBook usage;
    private final HealthReport report;

    /**
     * @param cliRequests how many requests of the CLI channel an account has made today; empty for one that has no credential
     *     for that channel
     * @param zone in which the end of a session is told
     */
    public HealthRoutes(AccountRing ring, UsageBook usage, Function<AccountId, OptionalLong> cliRequests, ZoneId zone) {
        this.ring = ring;
        this.usage = usage;
        this.report = new HealthReport(cliRequests, zone);
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Server.read(table, "/api/accountsHealth", this::tell, Access.ADMIN);
        Server.read(table, "/api/health", this::tell, Access.ADMIN);
    }

    private void tell(Context ctx) {
        ManagementJson.send(
                ctx, 200, ManagementJson.success().set("data", report.full(ring.statuses(), usage.byAccountToday())));
    }
}
