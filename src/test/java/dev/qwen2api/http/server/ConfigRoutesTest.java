package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reloading by hand and the state of the settings, to the letter. */
@Timeout(60)
class ConfigRoutesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static void assertBody(String expected, RawClient.Answer answer) {
        assertEquals(expected, answer.body());
        assertEquals(200, answer.status());
        assertEquals("application/json", answer.header("content-type"));
        assertEquals("no-store", answer.header("cache-control"));
    }

    @Test
    void a_reload_is_told_in_the_words_of_the_manual() throws Exception {
        try (var managed = new Managed(folder, 1)) {
            managed.save(Managed.cookie(1), Managed.cookie(2));
            assertBody(
                    "{\"success\":true,\"message\":\"配置重载成功\",\"data\":{\"reloadedAt\":\"2025-10-03T12:00:00.000Z\","
                            + "\"configStatus\":{\"lastReload\":\"2025-10-03T12:00:00.000Z\",\"isWatching\":false,"
                            + "\"envPath\":\"" + managed.env + "\"},"
                            + "\"accountsHealth\":{\"totalAccounts\":2,\"healthyAccounts\":2,\"unhealthyAccounts\":0}}}",
                    managed.post("/api/reloadConfig", ""));
            assertEquals(List.of("account_1", "account_2"), managed.names());
        }
    }

    @Test
    void no_change_is_told_in_the_words_of_the_manual_with_the_reason() throws Exception {
        try (var managed = new Managed(folder, 1)) {
            managed.reloader.start();
            assertBody(
                    "{\"success\":false,\"message\":\"配置无变化或重载失败\",\"data\":{\"configStatus\":"
                            + "{\"lastReload\":null,\"isWatching\":true}},"
                            + "\"reason\":\".env says what is in force already\"}",
                    managed.post("/api/reloadConfig", "{\"ignored\":true}"));

            managed.reloader.close();
            managed.save(Managed.cookie(1), Managed.cookie(2));
            managed.post("/api/reloadConfig", "");
            managed.clock.advance(Duration.ofHours(1));
            assertBody(
                    "{\"success\":false,\"message\":\"配置无变化或重载失败\",\"data\":{\"configStatus\":"
                            + "{\"lastReload\":\"2025-10-03T12:00:00.000Z\",\"isWatching\":false}},"
                            + "\"reason\":\".env says what is in force already\"}",
                    managed.post("/api/reloadConfig", ""));
        }
    }

    @Test
    void a_file_that_cannot_be_put_in_force_changes_nothing_and_says_why_without_a_secret() throws Exception {
        try (var managed = new Managed(folder, 1)) {
            Files.writeString(
                    managed.env, "API_KEY=sk-hidden-key\nSERVICE_PORT=many\nQWEN_COOKIES=token=hidden-token\n");

            RawClient.Answer answer = managed.post("/api/reloadConfig", "");

            assertEquals(200, answer.status());
            assertTrue(answer.body().startsWith("{\"success\":false,\"message\":\"配置无变化或重载失败\""), answer.body());
            assertTrue(answer.body().contains("\"reason\":\"SERVICE_PORT"), answer.body());
            String status = managed.get("/api/configStatus").body();
            assertTrue(status.contains("\"lastProblem\":\"SERVICE_PORT"), status);
            assertFalse((answer.body() + status).contains("hidden"), answer.body() + status);
            assertEquals(List.of("account_1"), managed.names());
        }
    }

    @Test
    void the_state_of_the_settings_is_told_in_the_order_of_the_manual() throws Exception {
        try (var managed = new Managed(folder, 1)) {
            managed.reloader.start();
            assertBody(
                    "{\"success\":true,\"data\":{\"lastReload\":null,\"isWatching\":true,\"envPath\":\"" + managed.env
                            + "\",\"watcherActive\":true,\"lastProblem\":null,"
                            + "\"database\":{\"name\":\"qwen2api.db\",\"ok\":true,\"problem\":null}}}",
                    managed.get("/api/configStatus"));
        }
    }

    @Test
    void a_database_that_cannot_be_used_is_told() throws Exception {
        try (var managed = new Managed(folder, 1)) {
            managed.databaseProblem = Optional.of("it is \"read only\"");
            assertTrue(
                    managed.get("/api/configStatus")
                            .body()
                            .endsWith(
                                    "\"database\":{\"name\":\"qwen2api.db\",\"ok\":false,\"problem\":\"it is \\\"read only\\\"\"}}}"));
        }
    }
}
