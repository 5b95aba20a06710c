package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.Lease;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Accounts added, taken away and reset by API: answers to the letter, and what they leave behind. */
@Timeout(60)
@ResourceLock(Resources.SYSTEM_ERR)
class AccountRoutesTest {

    private static final String NOT_ADDED = "{\"success\":false,\"error\":\"添加账户失败（账户可能已存在或 Cookie 无效）\"}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Managed managed;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void start() throws IOException {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        managed = new Managed(folder, 2);
    }

    @AfterEach
    void stop() {
        managed.close();
        System.setErr(before);
    }

    private String log() {
        return log.toString(StandardCharsets.UTF_8);
    }

    private RawClient.Answer add(String num, String cookie) throws IOException {
        return managed.post("/api/addAccount", "{\"num\":" + num + ",\"cookie\":\"" + cookie + "\"}");
    }

    private static void assertAnswer(int status, String body, RawClient.Answer answer) {
        assertEquals(body, answer.body());
        assertEquals(status, answer.status());
        assertEquals("application/json", answer.header("content-type"));
        assertEquals("no-store", answer.header("cache-control"));
    }

    @Test
    void an_account_is_added_in_the_words_of_the_manual() throws Exception {
        assertAnswer(
                200,
                "{\"success\":true,\"message\":\"账户 #3 添加成功\",\"account\":{\"num\":\"3\",\"accountId\":\"account_3\","
                        + "\"hasToken\":true,\"expires\":\"2025-10-10 20:00:00\",\"checked\":true,\"state\":\"active\"}}",
                add("\"3\"", Managed.cookie(3)));

        assertEquals(List.of("account_1", "account_2", "account_3"), managed.names());
        assertEquals(3, managed.stored.load().accounts().size());
        assertTrue(log().contains("[ACCOUNT] account_3 added by API"), log());
    }

    @Test
    void a_number_may_be_a_number() throws Exception {
        assertEquals(200, add("12", Managed.cookie(3)).status());
        assertEquals(List.of("account_1", "account_2", "account_12"), managed.names());
    }

    @Test
    void a_token_that_does_not_say_when_it_ends_is_added_with_no_end() throws Exception {
        assertAnswer(
                200,
                "{\"success\":true,\"message\":\"账户 #3 添加成功\",\"account\":{\"num\":\"3\",\"accountId\":\"account_3\","
                        + "\"hasToken\":true,\"expires\":null,\"checked\":true,\"state\":\"active\"}}",
                add("\"3\"", "token=e30.eyJpZCI6InVzZXItMyJ9.s; ssxmod_itna=yyy"));
    }

    @Test
    void a_cookie_that_has_yet_to_be_renewed_is_added_without_a_token() throws Exception {
        assertAnswer(
                200,
                "{\"success\":true,\"message\":\"账户 #3 添加成功\",\"account\":{\"num\":\"3\",\"accountId\":\"account_3\","
                        + "\"hasToken\":false,\"expires\":null,\"checked\":false,\"state\":\"active\"}}",
                add("\"3\"", "refresh_token=r"));
    }

    @Test
    void a_session_that_the_service_calls_dead_is_refused_and_nothing_changes() throws Exception {
        managed.check = Optional.of(Failure.of(FailureKind.EXPIRED, "its session is dead"));
        assertAnswer(400, NOT_ADDED, add("\"3\"", Managed.cookie(3)));
        assertEquals(List.of("account_1", "account_2"), managed.names());
        assertEquals(2, managed.stored.load().accounts().size());
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, limited",
        "CHALLENGED, challenged",
        "UNREACHABLE, active",
        "SILENT, active",
        "BROKEN, active"
    })
    void a_session_that_could_not_be_judged_is_added_and_the_answer_says_so(FailureKind kind, String state)
            throws Exception {
        managed.check = Optional.of(Failure.of(kind, "for the test").after(Duration.ofMinutes(1)));
        RawClient.Answer answer = add("\"3\"", Managed.cookie(3));
        assertEquals(200, answer.status(), answer.body());
        assertTrue(answer.body().contains("\"checked\":false,\"state\":\"" + state + "\""), answer.body());
        String health = managed.get("/api/health").body();
        assertTrue(
                health.contains(
                        "\"num\":\"3\",\"source\":\"api\",\"cookieSource\":\"api\",\"state\":\"" + state + "\""),
                health);
    }

    @Test
    void a_cookie_is_cleaned_of_what_comes_along_with_copying() throws Exception {
        assertEquals(200, add("\"3\"", jwt(3)).status());
        assertEquals(
                200, add("\"4\"", "  Cookie: a=1,2; token=" + jwt(4) + ";\\n").status());
        assertEquals(
                200,
                add("\"5\"", "token=" + jwt(5) + ";\\r\\n b=2\\r\\nX-Evil: 1").status());
        assertEquals(
                "token=" + jwt(5) + "; b=2X-Evil: 1",
                managed.ring
                        .find(new AccountId(5), Optional.empty())
                        .orElseThrow()
                        .credential()
                        .cookieHeader());
        assertEquals(
                "a=1,2; token=" + jwt(4),
                managed.ring
                        .find(new AccountId(4), Optional.empty())
                        .orElseThrow()
                        .credential()
                        .cookieHeader());
    }

    private static String jwt(int user) {
        return TestAccounts.token("user-" + user, Managed.NOON.plusSeconds(60));
    }

    @Test
    void a_number_that_is_taken_is_refused_and_its_account_stays_as_it_was() throws Exception {
        var kept = managed.stored.load();
        var credential = managed.ring
                .find(new AccountId(2), Optional.empty())
                .orElseThrow()
                .credential();

        assertAnswer(409, NOT_ADDED, add("\"2\"", Managed.cookie(9)));

        assertEquals(kept, managed.stored.load());
        assertEquals(
                credential,
                managed.ring
                        .find(new AccountId(2), Optional.empty())
                        .orElseThrow()
                        .credential());
    }

    @Test
    void a_session_that_another_account_has_is_not_added_a_second_time() throws Exception {
        String inUse = NOT_ADDED.replace("}", ",\"code\":\"cookie_in_use\"}");
        assertAnswer(409, inUse, add("\"7\"", Managed.cookie(2)));
        assertTrue(log().contains("account_7 not added by API: another account has the same session"), log());

        Account second = managed.ring.find(new AccountId(2), Optional.empty()).orElseThrow();
        String renewed = TestAccounts.token("user-2", Managed.NOON.plus(Duration.ofDays(9)));
        managed.accounts.renew(second, Map.of("token", renewed));
        assertAnswer(409, inUse, add("\"7\"", Managed.cookie(2)));
        assertAnswer(409, inUse, add("\"7\"", "token=" + renewed));

        assertEquals(List.of("account_1", "account_2"), managed.names());
        assertEquals(2, managed.stored.load().accounts().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ssxmod_itna=1",
                "token=",
                "token=; a=b",
                "token=a\\u0000b",
                "token=é",
                "token=a,token=b",
                "token=xyz",
                "token=a.b.c"
            })
    void a_cookie_without_one_usable_token_is_refused(String cookie) throws Exception {
        assertAnswer(400, NOT_ADDED, add("\"3\"", cookie));
        assertEquals(List.of("account_1", "account_2"), managed.names());
        assertEquals(2, managed.stored.load().accounts().size());
    }

    @Test
    void a_token_that_has_ended_is_refused_unless_it_can_be_renewed() throws Exception {
        String ended = "token=" + TestAccounts.token("user-3", Managed.NOON);
        assertAnswer(400, NOT_ADDED, add("\"3\"", ended));
        assertEquals(2, managed.stored.load().accounts().size());
        assertTrue(log().contains("[ACCOUNT] account_3 not added by API: its session has ended"), log());

        assertEquals(200, add("\"3\"", ended + "; refresh_token=r").status());
    }

    @Test
    void a_token_that_ends_in_the_far_future_does_no_harm() throws Exception {
        String absurd = "token=" + TestAccounts.token("user-3", Instant.MAX);
        assertTrue(add("\"3\"", absurd).body().contains("\"expires\":null"));
        assertEquals(200, managed.get("/api/health").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "\"3\"",
                "{",
                "{}",
                "{\"num\":\"3\"}",
                "{\"cookie\":\"token=a\"}",
                "{\"num\":null,\"cookie\":\"token=a\"}",
                "{\"num\":\"3\",\"cookie\":null}",
                "{\"num\":\"3\",\"cookie\":7}",
                "{\"num\":\"3\",\"cookie\":[\"token=a\"]}",
                "{\"num\":\"3\",\"cookie\":\"token=a\"} x",
                "{\"num\":\"3\",\"num\":\"4\",\"cookie\":\"token=a\"}",
                "{\"num\":3.5,\"cookie\":\"token=a\"}",
                "{\"num\":3.0,\"cookie\":\"token=a\"}",
                "{\"num\":true,\"cookie\":\"token=a\"}",
                "{\"num\":0,\"cookie\":\"token=a\"}",
                "{\"num\":-1,\"cookie\":\"token=a\"}",
                "{\"num\":99999999999999999999,\"cookie\":\"token=a\"}",
                "{\"num\":\"\",\"cookie\":\"token=a\"}",
                "{\"num\":\"03\",\"cookie\":\"token=a\"}",
                "{\"num\":\"1000000\",\"cookie\":\"token=a\"}",
                "{\"num\":\"3\\n\",\"cookie\":\"token=a\"}",
                "{\"num\":\"３\",\"cookie\":\"token=a\"}",
                "{\"num\":\"3'; DROP TABLE account\",\"cookie\":\"token=a\"}",
                "{\"num\":{\"a\":1},\"cookie\":\"token=a\"}",
            })
    void a_malformed_body_is_refused_in_the_same_shape(String body) throws Exception {
        RawClient.Answer answer = managed.post("/api/addAccount", body);

        assertEquals(400, answer.status(), answer.body());
        assertTrue(answer.body().startsWith("{\"success\":false,\"error\":\""), answer.body());
        assertFalse(answer.body().contains("token=a"), answer.body());
        assertEquals(2, managed.stored.load().accounts().size());
        assertEquals(List.of("account_1", "account_2"), managed.names());
    }

    @Test
    void a_body_that_is_too_long_or_too_deep_is_refused_in_the_same_shape() throws Exception {
        RawClient.Answer big = add("\"3\"", "token=" + "a".repeat(70_000));
        assertEquals(413, big.status());
        assertTrue(big.body().startsWith("{\"success\":false,\"error\":\""), big.body());
        RawClient.Answer deep = managed.post("/api/addAccount", "{\"a\":".repeat(5000));
        assertEquals(400, deep.status());
        assertTrue(deep.body().startsWith("{\"success\":false,\"error\":\""), deep.body());
        assertEquals(2, managed.stored.load().accounts().size());
    }

    @Test
    void an_account_is_deleted_and_may_be_added_again() throws Exception {
        add("\"3\"", Managed.cookie(3));

        assertAnswer(200, "{\"success\":true,\"message\":\"账户 #3 删除成功\"}", managed.delete("/api/deleteAccount/3"));
        assertEquals(List.of("account_1", "account_2"), managed.names());
        assertTrue(log().contains("[ACCOUNT] account_3 removed by API"), log());
        assertAnswer(404, "{\"success\":false,\"error\":\"删除账户失败（账户不存在）\"}", managed.delete("/api/deleteAccount/3"));
        assertEquals(200, add("\"3\"", Managed.cookie(3)).status());
    }

    @Test
    void an_account_of_env_stays_deleted_when_other_settings_are_reloaded() throws Exception {
        assertEquals(200, managed.delete("/api/deleteAccount/1").status());
        managed.save(Managed.cookie(1), Managed.cookie(7));
        assertEquals(200, managed.post("/api/reloadConfig", "").status());
        assertEquals(List.of("account_2"), managed.names());
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /api/deleteAccount/0,           400",
        "DELETE, /api/deleteAccount/x,           400",
        "DELETE, /api/deleteAccount/01,          400",
        "DELETE, /api/deleteAccount/account_1,   400",
        "DELETE, /api/deleteAccount/%0a1,        400",
        "DELETE, /api/deleteAccount/1;a=b,       400",
        "DELETE, /api/deleteAccount/1000000,     400",
        "DELETE, /api/deleteAccount/3,           404",
        "DELETE, /api/deleteAccount,             404",
        "DELETE, /api/deleteAccount/1/2,         404",
        "GET,    /api/deleteAccount/1,           405",
        "POST,   /api/deleteAccount/1,           405",
        "POST,   /api/accounts/0/reset,          400",
        "POST,   /api/accounts/x/reset,          400",
        "POST,   /api/accounts/3/reset,          404",
        "GET,    /api/accounts/1/reset,          405",
        "GET,    /api/addAccount,                405",
        "GET,    /api/nowhere,                   404",
    })
    void what_is_not_right_changes_nothing(String method, String path, int status) throws Exception {
        RawClient.Answer answer = managed.ask(method, path, Managed.KEY, "");

        assertEquals(status, answer.status(), answer.body());
        assertTrue(answer.body().startsWith("{\"success\":false,\"error\":\""), answer.body());
        assertEquals(List.of("account_1", "account_2"), managed.names());
    }

    @Test
    void what_cannot_be_stored_is_not_done() throws Exception {
        managed.stored.breakDown();

        assertAnswer(503, "{\"success\":false,\"error\":\"添加账户失败（数据库无法写入，未作任何更改）\"}", add("\"3\"", Managed.cookie(3)));
        assertAnswer(
                503,
                "{\"success\":false,\"error\":\"删除账户失败（数据库无法写入，未作任何更改）\"}",
                managed.delete("/api/deleteAccount/1"));
        assertEquals(List.of("account_1", "account_2"), managed.names());
    }

    @Test
    void an_account_that_rests_is_reset() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (Lease lease = managed.ring
                    .enqueue(Optional.empty(), RequestKind.CHAT)
                    .await(Duration.ZERO)
                    .orElseThrow()) {
                lease.failed(Failure.rateLimited(Duration.ofHours(4), "daily limit"));
            }
        }
        assertAnswer(200, "{\"success\":true,\"message\":\"账户 #1 重置成功\"}", managed.post("/api/accounts/1/reset", ""));

        assertEquals(
                List.of(AccountState.ACTIVE, AccountState.LIMITED),
                managed.ring.statuses().stream().map(each -> each.state()).toList());
        assertAnswer(404, "{\"success\":false,\"error\":\"重置账户失败（账户不存在）\"}", managed.post("/api/accounts/9/reset", ""));
    }

    @Test
    void only_one_of_many_who_want_the_same_number_gets_it() throws Exception {
        List<Integer> statuses =
                together(16, i -> add("\"3\"", Managed.cookie(i)).status());

        assertEquals(1, statuses.stream().filter(status -> status == 200).count(), statuses.toString());
        assertEquals(15, statuses.stream().filter(status -> status == 409).count(), statuses.toString());
        assertEquals(List.of("account_1", "account_2", "account_3"), managed.names());
    }

    @Test
    void many_who_add_and_delete_leave_what_their_answers_say() throws Exception {
        List<Integer> statuses = together(24, i -> {
            int num = 10 + i / 3;
            return i % 3 == 0
                    ? add("\"" + num + "\"", Managed.cookie(i)).status()
                    : managed.delete("/api/deleteAccount/" + num).status() + 1000;
        });

        long added = statuses.stream().filter(status -> status == 200).count();
        long removed = statuses.stream().filter(status -> status == 1200).count();
        assertEquals(8, added);
        assertEquals(2 + added - removed, managed.names().size());
        assertEquals(
                managed.names(),
                managed.stored.load().accounts().stream()
                        .map(kept -> kept.account().id().toString())
                        .toList());
    }

    /** Does something many times at the same moment. */
    private static List<Integer> together(int times, Deed deed) throws Exception {
        var ready = new CountDownLatch(times);
        var pool = Executors.newFixedThreadPool(times);
        try {
            var running = IntStream.range(0, times)
                    .mapToObj(i -> pool.submit(() -> {
                        ready.countDown();
                        ready.await();
                        return deed.perform(i);
                    }))
                    .toList();
            var statuses = new ArrayList<Integer>();
            for (var each : running) {
                statuses.add(each.get(20, TimeUnit.SECONDS));
            }
            return statuses;
        } finally {
            pool.shutdownNow();
        }
    }

    private interface Deed {
        int perform(int i) throws IOException;
    }

    @Test
    void no_secret_is_ever_repeated() throws Exception {
        String token = TestAccounts.token("user-3", Managed.NOON.plusSeconds(60));
        String cookie = "token=" + token + "; ssxmod_itna=secret-x";
        var answers = new StringBuilder();
        for (String num : List.of("\"3\"", "\"3\"", "\"x\"", "[]")) {
            answers.append(add(num, cookie).body());
        }
        answers.append(managed.post("/api/addAccount", "{\"num\":\"4\",\"cookie\":\"" + cookie + "\"")
                .body());
        answers.append(add("\"4\"", cookie + "\\u0001").body());
        for (String path : List.of("/api/health", "/api/accountsHealth", "/api/configStatus", "/api/usage")) {
            answers.append(managed.get(path).body());
        }
        answers.append(managed.delete("/api/deleteAccount/3").body());

        for (String told : List.of(answers.toString(), log())) {
            assertFalse(told.contains(token), told);
            assertFalse(told.contains("secret-"), told);
            assertFalse(told.contains(Managed.KEY), told);
        }
    }
}
