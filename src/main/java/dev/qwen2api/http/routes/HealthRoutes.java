package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.CircuitBreaker;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.Usage;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.http.server.ManagementJson;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reports the health of the accounts to the owner, without cookies and tokens, under two paths. Thread-safe. */
public final class HealthRoutes implements Routes {

    private final AccountRing ring;
    private final UsageRecorder usage;
    private final Function<AccountId, CliStatus> cli;
    private final Clock clock;

    /**
     * @param cli the state of an account on the CLI channel
     * @param clock its zone is that of the time at which a session ends
     */
    public HealthRoutes(AccountRing ring, UsageRecorder usage, Function<AccountId, CliStatus> cli, Clock clock) {
        this.ring = ring;
        this.usage = usage;
        this.cli = cli;
        this.clock = clock;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Routes.read(table, "/api/accountsHealth", this::get, RouteAccess.ADMIN);
        Routes.read(table, "/api/health", this::get, RouteAccess.ADMIN);
    }

    private void get(Context ctx) {
        List<AccountStatus> statuses = ring.statuses();
        List<Account> accounts = statuses.stream().map(AccountStatus::account).toList();
        ManagementJson.send(ctx, 200, ManagementJson.success().set("data", full(statuses, usage.today(accounts))));
    }

    /** The number of accounts, and how many of them are healthy. */
    static ObjectNode totals(List<AccountStatus> statuses) {
        long healthy = statuses.stream().filter(AccountStatus::healthy).count();
        return ManagementJson.object()
                .put("totalAccounts", statuses.size())
                .put("healthyAccounts", healthy)
                .put("unhealthyAccounts", statuses.size() - healthy);
    }

    private ObjectNode full(List<AccountStatus> statuses, Map<AccountId, Usage> today) {
        ObjectNode data = totals(statuses);
        ArrayNode accounts = data.putArray("accounts");
        for (AccountStatus status : statuses) {
            accounts.add(account(status, today.getOrDefault(status.account().id(), Usage.NONE)));
        }
        data.set("circuitBreaker", breaker(ring.breaker(), clock.instant()));
        return data;
    }

    /** The state of the circuit breaker, in the words of every report. */
    private static ObjectNode breaker(CircuitBreaker breaker, Instant now) {
        return ManagementJson.object()
                .put("state", breaker.state(now).wire())
                .put("until", ManagementJson.moment(breaker.openUntil(now)));
    }

    /** The kinds of request that the account is out of the ring for. */
    private static ObjectNode cooldowns(AccountStatus status) {
        ObjectNode kinds = ManagementJson.object();
        status.cooldowns()
                .forEach((kind, cooldown) -> kinds.putObject(kind.wire())
                        .put("state", cooldown.state().wire())
                        .put("reason", cooldown.reason())
                        .put("retryAt", ManagementJson.moment(Optional.of(cooldown.until()))));
        return kinds;
    }

    private ObjectNode account(AccountStatus status, Usage today) {
        AccountId id = status.account().id();
        CliStatus onCli = cli.apply(id);
        ObjectNode row = ManagementJson.object()
                .put("accountId", id.toString())
                .put("isHealthy", status.healthy())
                .put("failureCount", status.failureCount())
                .put("lastUsed", ManagementJson.moment(later(status.lastUsed(), onCli.lastUsed())))
                .put("hasCliInfo", onCli.hasCredential());
        if (onCli.hasCredential()) {
            row.put("cliRequestNumber", onCli.requestsToday());
        }
        row.put("num", Integer.toString(id.num()))
                .put("source", status.account().source() == Account.Source.API ? "api" : "env")
                .put("cookieSource", status.account().source().name().toLowerCase(Locale.ROOT))
                .put("state", status.state().wire())
                .put("reason", status.reason().orElse(null))
                .put("retryAt", ManagementJson.moment(status.retryAt()))
                .put(
                        "expires",
                        ManagementJson.wallClock(status.account().credential().expires(), clock.getZone()))
                .put("inFlight", status.inFlight())
                .put("requestsToday", today.requests())
                .put("tokensToday", today.tokens())
                .put("cliState", onCli.state().wire())
                .put("cliReason", onCli.reason().orElse(null));
        if (onCli.hasCredential()) {
            row.put("cliLeftToday", onCli.leftToday());
        }
        row.set("cooldowns", cooldowns(status));
        return row;
    }

    private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
        return Stream.concat(one.stream(), other.stream()).max(Comparator.naturalOrder());
    }
}
