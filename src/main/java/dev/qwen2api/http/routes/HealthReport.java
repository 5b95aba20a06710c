package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.Usage;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Tells how the accounts are doing, for the owner's eyes: no cookie and no token is in it. Thread-safe. */
final class HealthReport {

    private final Function<AccountId, CliStatus> cli;
    private final ZoneId zone;

    HealthReport(Function<AccountId, CliStatus> cli, ZoneId zone) {
        this.cli = cli;
        this.zone = zone;
    }

    /** How many there are, and how many of them are well. */
    static ObjectNode totals(List<AccountStatus> statuses) {
        long healthy = statuses.stream().filter(AccountStatus::healthy).count();
        return ManagementJson.object()
                .put("totalAccounts", statuses.size())
                .put("healthyAccounts", healthy)
                .put("unhealthyAccounts", statuses.size() - healthy);
    }

    ObjectNode full(List<AccountStatus> statuses, Map<AccountId, Usage> today) {
        ObjectNode data = totals(statuses);
        ArrayNode accounts = data.putArray("accounts");
        for (AccountStatus status : statuses) {
            accounts.add(account(status, today.getOrDefault(status.account().id(), Usage.NONE)));
        }
        return data;
    }

    private ObjectNode account(AccountStatus status, Usage today) {
        AccountId id = status.account().id();
        CliStatus onCli = cli.apply(id);
        ObjectNode row = ManagementJson.object()
                .put("accountId", id.toString())
                .put("isHealthy", status.healthy())
                .put("failureCount", status.failureCount())
                .put("lastUsed", ManagementJson.moment(status.lastUsed()))
                .put("hasCliInfo", onCli.hasCredential());
        if (onCli.hasCredential()) {
            row.put("cliRequestNumber", onCli.requestsToday());
        }
        row.put("num", Integer.toString(id.num()))
                .put("source", status.account().source().name().toLowerCase(Locale.ROOT))
                .put("state", status.state().wire())
                .put("reason", status.reason().orElse(null))
                .put("retryAt", ManagementJson.moment(status.retryAt()))
                .put(
                        "expires",
                        ManagementJson.wallClock(status.account().credential().expires(), zone))
                .put("inFlight", status.inFlight())
                .put("requestsToday", today.requests())
                .put("tokensToday", today.tokens())
                .put("cliState", onCli.state().wire())
                .put("cliReason", onCli.reason().orElse(null));
        if (onCli.hasCredential()) {
            row.put("cliLeftToday", onCli.leftToday());
        }
        return row;
    }
}
