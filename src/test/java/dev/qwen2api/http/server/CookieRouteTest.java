package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.MemoryHealth;
import dev.qwen2api.account.TestAccounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cookie replaced by API: in the file, else in the store. */
@Timeout(60)
class CookieRouteTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Managed managed;

    @BeforeEach
    void start() throws IOException {
        managed = new Managed(folder, 2);
    }

    @AfterEach
    void stop() {
        managed.close();
    }

    /** A fresh cookie of a user of {@link Managed}. */
    private static String fresh(int user, int days) {
        return "token=" + TestAccounts.token("user-" + user, Managed.NOON.plus(Duration.ofDays(days))) + "; fresh=1";
    }

    private RawClient.Answer put(int num, String cookie, String more) throws IOException {
        return managed.ask(
                "PUT", "/api/accounts/" + num + "/cookie", Managed.KEY, "{\"cookie\":\"" + cookie + "\"" + more + "}");
    }

    private String cookie(int num) {
        return managed.ring
                .find(new AccountId(num), Optional.empty())
                .orElseThrow()
                .credential()
                .cookieHeader();
    }

    private String source(int num) throws IOException {
        String rows = managed.get("/api/accountsHealth").body();
        String row = rows.substring(rows.indexOf("\"num\":\"" + num + "\""));
        return row.replaceFirst("(?s).*?\"source\":\"([a-z]+)\",\"cookieSource\":\"([a-z]+)\".*", "$1 $2");
    }

    /** Puts a folder in the place of the file: also root cannot write it then, and the reloader refuses it. */
    private void makeUnwritable() throws IOException {
        Files.move(managed.env, managed.env.resolveSibling("away"));
        Files.createDirectory(managed.env);
    }

    private void makeWritable() throws IOException {
        Files.delete(managed.env);
        Files.move(managed.env.resolveSibling("away"), managed.env);
    }

    @Test
    void the_cookie_of_a_file_is_replaced_there_and_in_force_at_once() throws Exception {
        String before = Files.readString(managed.env);
        RawClient.Answer answer = put(2, fresh(2, 9), "");
        assertEquals(
                "{\"success\":true,\"message\":\"账户 #2 的 Cookie 已替换\",\"account\":{\"num\":\"2\","
                        + "\"accountId\":\"account_2\",\"cookieSource\":\"env\",\"expires\":\"2025-10-12 20:00:00\"}}",
                answer.body());
        assertEquals(200, answer.status());
        assertEquals(before.replace(Managed.cookie(2), fresh(2, 9)), Files.readString(managed.env));
        assertEquals(fresh(2, 9), cookie(2));
        assertEquals(Managed.cookie(1), cookie(1));
        assertEquals("env env", source(2));
    }

    @Test
    void where_the_file_cannot_be_written_the_store_keeps_it_until_the_entry_changes() throws Exception {
        makeUnwritable();
        assertEquals(200, put(2, fresh(2, 9), "").status());
        assertEquals(fresh(2, 9), cookie(2));
        assertEquals("env replaced", source(2));
        makeWritable();

        managed.accounts.reload(List.of(Managed.cookie(1), Managed.cookie(2)));
        managed.accounts.start(List.of(Managed.cookie(1), Managed.cookie(2)), new MemoryHealth());
        assertEquals(fresh(2, 9), cookie(2), "the entry is as it was");
        managed.accounts.reload(List.of(Managed.cookie(2), Managed.cookie(1)));
        assertEquals(fresh(2, 9), cookie(1), "the entry has moved");
        assertEquals("env replaced", source(1));

        managed.accounts.reload(List.of(Managed.cookie(1), fresh(2, 20)));
        assertEquals(fresh(2, 20), cookie(2));
        assertEquals("env env", source(2));
        managed.accounts.reload(List.of(Managed.cookie(1), Managed.cookie(2)));
        assertEquals(Managed.cookie(2), cookie(2), "the replacement is forgotten");
    }

    @Test
    void a_replacement_is_replaced_in_the_file_once_that_can_be_written() throws Exception {
        makeUnwritable();
        put(2, fresh(2, 9), "");
        makeWritable();
        assertEquals(200, put(2, fresh(2, 20), "").status());
        assertTrue(Files.readString(managed.env).contains(fresh(2, 20)));
        assertEquals("env env", source(2));
    }

    @Test
    void the_cookie_of_an_account_of_the_API_is_replaced_in_the_store() throws Exception {
        managed.post("/api/addAccount", "{\"num\":\"7\",\"cookie\":\"" + Managed.cookie(7) + "\"}");
        String file = Files.readString(managed.env);
        assertEquals(200, put(7, fresh(7, 9), "").status());
        assertEquals(fresh(7, 9), cookie(7));
        assertEquals("api api", source(7));
        assertEquals(file, Files.readString(managed.env));
    }

    @Test
    void a_cookie_of_another_user_needs_a_word_for_it() throws Exception {
        RawClient.Answer refused = put(2, fresh(5, 9), "");
        assertEquals(409, refused.status());
        assertEquals(
                "{\"success\":false,\"error\":\"替换 Cookie 失败（Cookie 属于另一个用户）\",\"code\":\"other_user\"}",
                refused.body());
        assertEquals(Managed.cookie(2), cookie(2));
        assertEquals(200, put(2, fresh(5, 9), ",\"allowOtherUser\":true").status());
        assertEquals(fresh(5, 9), cookie(2));
    }

    @ParameterizedTest
    @CsvSource({
        "9, fresh, , 404, no_such_account",
        "2, ssxmod_itna=1, , 400, unusable_cookie",
        "2, expired, , 400, expired_cookie",
        "2, taken, ',\"allowOtherUser\":true', 409, cookie_in_use",
        "2, fresh, ',\"allowOtherUser\":\"yes\"', 400, allowOtherUser",
    })
    void what_cannot_be_used_changes_nothing(int num, String cookie, String more, int status, String word)
            throws Exception {
        String file = Files.readString(managed.env);
        String text = switch (cookie) {
            case "fresh" -> fresh(2, 9);
            case "expired" -> fresh(2, -1);
            case "taken" -> Managed.cookie(1);
            default -> cookie;
        };
        RawClient.Answer answer = put(num, text, more == null ? "" : more);
        assertEquals(status, answer.status(), answer.body());
        assertTrue(answer.body().contains(word), answer.body());
        assertFalse(answer.body().contains("eyJ"), answer.body());
        assertEquals(file, Files.readString(managed.env));
        assertEquals(Managed.cookie(2), cookie(2));
    }

    @Test
    void it_needs_a_key() throws Exception {
        assertEquals(401, managed.ask("PUT", "/api/accounts/2/cookie", "", "{}").status());
    }
}
