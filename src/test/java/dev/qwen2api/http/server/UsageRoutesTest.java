package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.TestAccounts;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Usage as the owner reads it. */
@Timeout(60)
class UsageRoutesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void usage_is_told_by_day_account_and_model_with_the_sum_of_all() throws Exception {
        try (var managed = new Managed(folder, 0)) {
            managed.usage.count(TestAccounts.account(10), "qwen3-max", 1, 2);
            managed.usage.count(TestAccounts.account(2), "qwen3-max", 3, 4);
            managed.clock.advance(Duration.ofDays(1));
            managed.usage.count(TestAccounts.account(2), "a\"b", 5, 6);
            managed.usage.count(TestAccounts.account(2), "a\"b", 5, 6);

            RawClient.Answer answer = managed.get("/api/usage?days=2");

            assertEquals(200, answer.status());
            assertEquals(
                    "{\"success\":true,\"data\":{\"days\":2,\"from\":\"2025-10-03\",\"to\":\"2025-10-04\","
                            + "\"totals\":{\"requests\":4,\"inputTokens\":14,\"outputTokens\":18},\"usage\":["
                            + "{\"day\":\"2025-10-03\",\"accountId\":\"account_2\",\"model\":\"qwen3-max\","
                            + "\"requests\":1,\"inputTokens\":3,\"outputTokens\":4},"
                            + "{\"day\":\"2025-10-03\",\"accountId\":\"account_10\",\"model\":\"qwen3-max\","
                            + "\"requests\":1,\"inputTokens\":1,\"outputTokens\":2},"
                            + "{\"day\":\"2025-10-04\",\"accountId\":\"account_2\",\"model\":\"a\\\"b\","
                            + "\"requests\":2,\"inputTokens\":10,\"outputTokens\":12}]}}",
                    answer.body());
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 30, 2025-09-04", "?days=1, 1, 2025-10-03", "?days=366, 366, 2024-10-03"})
    void so_many_days_are_told(String query, int days, String from) throws Exception {
        try (var managed = new Managed(folder, 0)) {
            assertEquals(
                    "{\"success\":true,\"data\":{\"days\":" + days + ",\"from\":\"" + from
                            + "\",\"to\":\"2025-10-03\",\"totals\":{\"requests\":0,\"inputTokens\":0,\"outputTokens\":0},"
                            + "\"usage\":[]}}",
                    managed.get("/api/usage" + query).body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "367", "1e2", "%2030", "30%0a", "x", "99999999999", "３０"})
    void another_number_of_days_is_refused(String days) throws Exception {
        try (var managed = new Managed(folder, 0)) {
            RawClient.Answer answer = managed.get("/api/usage?days=" + days);
            assertEquals(400, answer.status(), answer.body());
            assertTrue(answer.body().startsWith("{\"success\":false,\"error\":\""), answer.body());
        }
    }

    @Test
    void usage_that_cannot_be_read_is_no_usage_of_nothing() throws Exception {
        try (var managed = new Managed(folder, 0)) {
            managed.storedUsage.breakDown();
            RawClient.Answer answer = managed.get("/api/usage");
            assertEquals(503, answer.status());
            assertEquals("{\"success\":false,\"error\":\"读取用量失败（数据库无法读取）\"}", answer.body());
        }
    }
}
