package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.CliStatus.CliState;
import dev.qwen2api.account.Lease;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the owner reads about the accounts, to the letter. */
@Timeout(60)
class HealthRoutesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static Lease next(Managed managed) throws Exception {
        return managed.ring
                .enqueue(Optional.empty(), RequestKind.CHAT)
                .await(Duration.ZERO)
                .orElseThrow();
    }

    @Test
    void no_accounts_are_none() throws Exception {
        try (var managed = new Managed(folder, 0)) {
            assertEquals(
                    "{\"success\":true,\"data\":{\"totalAccounts\":0,\"healthyAccounts\":0,\"unhealthyAccounts\":0,"
                            + "\"accounts\":[],"
                            + "\"circuitBreaker\":{\"state\":\"closed\",\"until\":null}}}",
                    managed.get("/api/accountsHealth").body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/accountsHealth", "/api/health"})
    void every_account_is_told_in_the_order_of_the_manual(String path) throws Exception {
        try (var managed = new Managed(folder, 2)) {
            managed.accounts.add(new AccountId(7), "token=e30.eyJpZCI6InVzZXItNyJ9.s");
            managed.cli.put(
                    new AccountId(1),
                    new CliStatus(CliState.READY, Optional.empty(), Optional.empty(), 150, 1850, Optional.empty()));
            managed.cli.put(
                    new AccountId(2),
                    new CliStatus(
                            CliState.UNSUPPORTED,
                            Optional.of("It said no."),
                            Optional.empty(),
                            3,
                            0,
                            Optional.empty()));
            try (Lease one = next(managed);
                    Lease two = next(managed)) {
                managed.usage.count(
                        managed.ring.find(new AccountId(1), Optional.empty()).orElseThrow(), "qwen3-max", 20, 100);
                managed.usage.count(
                        managed.ring.find(new AccountId(1), Optional.empty()).orElseThrow(), "qwen3-coder-plus", 1, 2);
                two.failed(
                        Failure.of(FailureKind.QUOTA_EXHAUSTED, "daily limit").after(Duration.ofHours(4)));

                RawClient.Answer answer = managed.get(path);

                assertEquals(200, answer.status());
                assertEquals("application/json", answer.header("content-type"));
                assertEquals("no-store", answer.header("cache-control"));
                assertEquals(
                        "{\"success\":true,\"data\":{\"totalAccounts\":3,\"healthyAccounts\":2,\"unhealthyAccounts\":1,"
                                + "\"accounts\":["
                                + "{\"accountId\":\"account_1\",\"isHealthy\":true,\"failureCount\":0,"
                                + "\"lastUsed\":\"2025-10-03T12:00:00.000Z\",\"hasCliInfo\":true,\"cliRequestNumber\":150,"
                                + "\"num\":\"1\",\"source\":\"env\",\"cookieSource\":\"env\",\"state\":\"active\",\"reason\":null,\"retryAt\":null,"
                                + "\"expires\":\"2025-10-10 20:00:00\",\"inFlight\":1,\"requestsToday\":2,"
                                + "\"tokensToday\":123,\"cliState\":\"ready\",\"cliReason\":null,\"cliLeftToday\":1850,\"cooldowns\":{}},"
                                + "{\"accountId\":\"account_2\",\"isHealthy\":false,\"failureCount\":1,"
                                + "\"lastUsed\":\"2025-10-03T12:00:00.000Z\",\"hasCliInfo\":false,"
                                + "\"num\":\"2\",\"source\":\"env\",\"cookieSource\":\"env\",\"state\":\"limited\","
                                + "\"reason\":\"its quota is used up: daily limit; it returns by itself\","
                                + "\"retryAt\":\"2025-10-03T16:00:00.000Z\","
                                + "\"expires\":\"2025-10-10 20:00:00\",\"inFlight\":1,\"requestsToday\":0,"
                                + "\"tokensToday\":0,\"cliState\":\"unsupported\",\"cliReason\":\"It said no.\","
                                + "\"cooldowns\":{\"chat\":{\"state\":\"limited\",\"reason\":\"its quota is used up: daily limit;"
                                + " it returns by itself\",\"retryAt\":\"2025-10-03T16:00:00.000Z\"}}},"
                                + "{\"accountId\":\"account_7\",\"isHealthy\":true,\"failureCount\":0,"
                                + "\"lastUsed\":null,\"hasCliInfo\":false,"
                                + "\"num\":\"7\",\"source\":\"api\",\"cookieSource\":\"api\",\"state\":\"active\",\"reason\":null,\"retryAt\":null,"
                                + "\"expires\":null,\"inFlight\":0,\"requestsToday\":0,\"tokensToday\":0,"
                                + "\"cliState\":\"none\",\"cliReason\":\"The next request to the CLI channel obtains a credential"
                                + " for it.\",\"cooldowns\":{}}"
                                + "],\"circuitBreaker\":{\"state\":\"closed\",\"until\":null}}}",
                        answer.body());
                one.succeeded();
            }
        }
    }

    @Test
    void milliseconds_are_told_as_three_digits_and_no_more() throws Exception {
        try (var managed = new Managed(folder, 1)) {
            managed.clock.advance(Duration.ofNanos(50_999_999));
            next(managed).close();
            assertEquals(
                    "2025-10-03T12:00:00.050Z",
                    managed.get("/api/health").body().replaceFirst(".*\"lastUsed\":\"([^\"]*)\".*", "$1"));
        }
    }

    @Test
    void an_expired_account_says_what_to_do() throws Exception {
        try (var managed = new Managed(folder, 0)) {
            managed.accounts.add(new AccountId(1), "token=" + TestAccounts.token("u", Managed.NOON.plusSeconds(1)));
            managed.clock.advance(Duration.ofSeconds(1));
            String body = managed.get("/api/health").body();
            assertEquals(
                    "\"state\":\"expired\",\"reason\":\"expired: copy a fresh cookie from the browser\",\"retryAt\":null",
                    body.replaceFirst(".*(\"state\".*\"retryAt\":null).*", "$1"));
        }
    }

    @Test
    void the_counters_of_today_begin_again_at_midnight_where_the_owner_lives() throws Exception {
        try (var managed = new Managed(folder, 1)) {
            managed.usage.count(
                    managed.ring.find(new AccountId(1), Optional.empty()).orElseThrow(), "qwen3-max", 1, 1);
            managed.clock.advance(Duration.ofHours(4).minusSeconds(1));
            assertEquals("1", requestsToday(managed));
            managed.clock.advance(Duration.ofSeconds(1));
            assertEquals("0", requestsToday(managed));
        }
    }

    private static String requestsToday(Managed managed) throws Exception {
        return managed.get("/api/health").body().replaceFirst(".*\"requestsToday\":([0-9]+).*", "$1");
    }
}
