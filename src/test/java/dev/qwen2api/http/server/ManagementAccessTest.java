package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may manage. */
@Timeout(60)
class ManagementAccessTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "POST,   /api/addAccount,        400",
        "DELETE, /api/deleteAccount/9,   404",
        "GET,    /api/accountsHealth,    200",
        "HEAD,   /api/accountsHealth,    200",
        "GET,    /api/health,            200",
        "HEAD,   /api/health,            200",
        "POST,   /api/reloadConfig,      200",
        "GET,    /api/configStatus,      200",
        "POST,   /api/accounts/9/reset,  404",
        "PUT,    /api/accounts/9/cookie, 400",
        "GET,    /api/usage,             200",
    })
    void the_administrator_alone_manages_where_there_is_one(String method, String path, int allowed) throws Exception {
        try (var managed = new Managed(folder, 1)) {
            refused(managed.ask(method, path, "", ""), method);
            refused(managed.ask(method, path, "sk-wrong", ""), method);
            assertEquals(allowed, managed.ask(method, path, Managed.KEY, "").status());

            managed.keys.replace(KeySet.of(List.of(Managed.KEY)).withAdmin("sk-boss"));

            refused(managed.ask(method, path, Managed.KEY, ""), method);
            assertEquals(allowed, managed.ask(method, path, "sk-boss", "").status());
        }
    }

    private static void refused(RawClient.Answer answer, String method) {
        assertEquals(401, answer.status());
        if (!method.equals("HEAD")) {
            assertTrue(answer.body().startsWith("{\"success\":false,\"error\":\""), answer.body());
        }
    }
}
