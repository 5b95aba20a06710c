package dev.qwen2api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRegistry.Removal;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountSet.Addition;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.Lease;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.PendingLease;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.RequestKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which accounts there are, over a real database, across restarts and changes of {@code .env}. */
@Timeout(60)
class KeptAccountsTest {

    private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final MovableClock clock = new MovableClock();

    private Path path() {
        return folder.resolve("qwen2api.db");
    }

    /** The part of a gateway that has accounts, from a start to an end. */
    private final class Life implements AutoCloseable {

        final Database database = new Database(path(), clock, System::nanoTime);
        final SqlHealth health = new SqlHealth(database);
        final AccountRing ring = new AccountRing(
                clock,
                System::nanoTime,
                CooldownPolicy.of(3, Duration.ofMinutes(5)),
                new RingLimits(8, Duration.ZERO),
                health);
        final AccountRegistry accounts = new AccountRegistry(ring, new SqlAccounts(database), clock);

        Life(String... cookies) {
            accounts.start(List.of(cookies), health);
        }

        Account account(int num) {
            return ring.find(new AccountId(num), Optional.empty()).orElseThrow();
        }

        Set<Integer> nums() {
            var nums = new TreeSet<Integer>();
            ring.statuses().forEach(status -> nums.add(status.account().id().num()));
            return nums;
        }

        String user(int num) {
            return account(num).credential().userId().orElseThrow();
        }

        /** The upstream sets a new token; returns it. */
        String renew(int num) {
            String token = TestAccounts.token(user(num), LATER.plusSeconds(num));
            accounts.renew(account(num), Map.of("token", token, "refresh_token", "renewed-" + user(num)));
            return token;
        }

        void limit(int num) throws Exception {
            try (PendingLease place = ring.enqueue(Optional.empty(), RequestKind.CHAT)) {
                Lease lease = place.await(Duration.ZERO).orElseThrow();
                while (lease.account().id().num() != num) {
                    lease.close();
                    lease = place.await(Duration.ZERO).orElseThrow();
                }
                lease.failed(Failure.rateLimited(Duration.ofHours(20), "daily limit"));
                lease.close();
            }
        }

        AccountState state(int num) {
            return ring.statuses().stream()
                    .filter(status -> status.account().id().num() == num)
                    .findFirst()
                    .orElseThrow()
                    .state();
        }

        Addition add(int num, String cookie) {
            return accounts.add(new AccountId(num), cookie);
        }

        Removal remove(int num) {
            return accounts.remove(new AccountId(num));
        }

        @Override
        public void close() {
            database.close();
        }
    }

    private static String cookie(String user) {
        return "token=" + TestAccounts.token(user, LATER) + "; refresh_token=first-" + user;
    }

    private static String[] cookies(String... users) {
        return List.of(users).stream().map(KeptAccountsTest::cookie).toArray(String[]::new);
    }

    /** Somebody else's hand on the file, which lets nobody read it either. */
    private final class Lock implements AutoCloseable {

        private final Connection connection;

        Lock() throws SQLException {
            connection = DriverManager.getConnection("jdbc:sqlite:" + path());
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA locking_mode = EXCLUSIVE");
                statement.execute("BEGIN EXCLUSIVE");
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    @Test
    void what_was_added_survives_a_start_at_which_the_file_cannot_be_read() throws Exception {
        String renewed;
        try (Life first = new Life(cookies("a", "b"))) {
            first.add(5, cookie("e"));
            renewed = first.renew(2);
        }
        Lock lock = new Lock();
        try (Life second = new Life(cookies("a", "b"))) {
            assertEquals(Set.of(1, 2), second.nums(), "those of .env serve");
            assertEquals(Addition.NOT_STORED, second.add(6, cookie("f")));
            assertEquals(Removal.NOT_STORED, second.remove(1));
            lock.close();
            assertEquals(Addition.TAKEN, second.add(5, cookie("f")));
            assertEquals(Set.of(1, 2, 5), second.nums(), "it is there again");
            assertEquals(renewed, second.account(2).credential().token());
            assertEquals(Addition.ADDED, second.add(6, cookie("f")));
        }
        try (Life third = new Life(cookies("a", "b"))) {
            assertEquals(Set.of(1, 2, 5, 6), third.nums());
            assertEquals(renewed, third.account(2).credential().token());
        }
    }

    @Test
    void a_change_of_the_cookies_while_the_file_cannot_be_read_costs_no_account() throws Exception {
        try (Life first = new Life(cookies("a"))) {
            first.add(5, cookie("e"));
        }
        Lock lock = new Lock();
        try (Life second = new Life(cookies("a"))) {
            second.accounts.reload(List.of(cookies("a", "b")));
            assertEquals(Set.of(1, 2), second.nums());
            lock.close();
            second.accounts.reload(List.of(cookies("a", "b", "c")));
            assertEquals(Set.of(1, 2, 3, 5), second.nums());
        }
        try (Life third = new Life(cookies("a", "b", "c"))) {
            assertEquals(Set.of(1, 2, 3, 5), third.nums());
        }
    }

    @Test
    void a_session_that_was_renewed_while_the_file_could_not_be_read_is_the_newer_one() throws Exception {
        try (Life first = new Life(cookies("a", "b"))) {
            first.renew(1);
        }
        String renewed;
        Lock lock = new Lock();
        try (Life second = new Life(cookies("a", "b"))) {
            renewed = TestAccounts.token("a", LATER.plusSeconds(77));
            second.accounts.renew(second.account(1), Map.of("token", renewed));
            lock.close();
            second.add(3, cookie("c"));
            assertEquals(renewed, second.account(1).credential().token());
        }
        try (Life third = new Life(cookies("a", "b"))) {
            assertEquals(renewed, third.account(1).credential().token());
        }
    }

    @Test
    void a_bench_of_a_day_survives_a_start_at_which_the_file_cannot_be_read() throws Exception {
        try (Life first = new Life(cookies("a", "b"))) {
            first.limit(2);
        }
        Lock lock = new Lock();
        try (Life second = new Life(cookies("a", "b"))) {
            lock.close();
            second.add(3, cookie("c"));
            assertEquals(AccountState.LIMITED, second.state(2));
        }
        try (Life third = new Life(cookies("a", "b"))) {
            assertEquals(AccountState.LIMITED, third.state(2));
        }
    }

    @Test
    void a_session_that_is_still_to_be_written_does_not_land_on_another_user() {
        try (Life first = new Life(cookies("a"))) {
            first.accounts.renew(first.account(1), Map.of("ssxmod_itna", "of-a"));
            first.accounts.reload(List.of(cookies("b")));
        }
        try (Life second = new Life(cookies("b"))) {
            assertEquals("b", second.user(1));
        }
    }

    @Test
    void a_fresh_cookie_of_the_same_user_is_not_overtaken_by_the_old_session() {
        String fresh = "token=" + TestAccounts.token("a", LATER.plusSeconds(5)) + "; refresh_token=second-a";
        try (Life first = new Life(cookies("a"))) {
            first.accounts.renew(first.account(1), Map.of("ssxmod_itna", "of-the-old-session"));
            first.accounts.reload(List.of(fresh));
        }
        try (Life second = new Life(fresh)) {
            assertEquals("second-a", second.account(1).credential().refreshToken());
        }
    }

    @Test
    void renewed_sessions_move_along_when_a_cookie_before_them_goes_or_comes() {
        String renewed;
        try (Life first = new Life(cookies("a", "b", "c"))) {
            renewed = first.renew(2);
            first.accounts.reload(List.of(cookies("b", "c")));
            assertEquals(renewed, first.account(1).credential().token());
            first.accounts.reload(List.of(cookies("d", "a", "b", "c")));
            assertEquals(renewed, first.account(3).credential().token());
        }
        try (Life second = new Life(cookies("c", "b"))) {
            assertEquals(renewed, second.account(2).credential().token());
            assertEquals("renewed-b", second.account(2).credential().refreshToken());
        }
        try (Life third = new Life(cookies("c", "b"))) {
            assertEquals(renewed, third.account(2).credential().token());
        }
    }

    @Test
    void a_bench_moves_along_with_its_user() throws Exception {
        try (Life first = new Life(cookies("a", "b", "c"))) {
            first.limit(2);
            first.accounts.reload(List.of(cookies("b", "c")));
            assertEquals(AccountState.LIMITED, first.state(1));
            assertEquals(AccountState.ACTIVE, first.state(2));
        }
        try (Life second = new Life(cookies("c", "b"))) {
            assertEquals(AccountState.ACTIVE, second.state(1));
            assertEquals(AccountState.LIMITED, second.state(2));
        }
        try (Life third = new Life(cookies("c", "b"))) {
            assertEquals(AccountState.ACTIVE, third.state(1));
            assertEquals(AccountState.LIMITED, third.state(2));
        }
    }

    @Test
    void a_renewed_session_of_an_api_account_stays_when_its_cookie_moves_into_the_file() {
        try (Life first = new Life(cookies("a"))) {
            first.add(2, cookie("b"));
            String renewed = first.renew(2);
            first.accounts.reload(List.of(cookies("a", "b")));
            assertEquals(renewed, first.account(2).credential().token());
            assertEquals(Account.Source.ENV, first.account(2).source());
        }
    }

    @Test
    void an_account_that_was_added_on_the_number_of_a_deleted_one_is_there_after_a_restart() {
        try (Life first = new Life(cookies("a", "b"))) {
            assertEquals(Removal.REMOVED, first.remove(2));
            assertEquals(Addition.ADDED, first.add(2, cookie("c")));
        }
        for (int restart = 0; restart < 2; restart++) {
            try (Life next = new Life(cookies("a", "b"))) {
                assertEquals("c", next.user(2));
                next.accounts.reload(List.of(cookies("a", "b")));
                assertEquals("c", next.user(2));
            }
        }
    }

    @Test
    void a_deleted_account_stays_deleted_whatever_was_on_its_number_since() {
        try (Life first = new Life(cookies("a", "b"))) {
            first.remove(2);
            first.add(2, cookie("c"));
            assertEquals(Removal.REMOVED, first.remove(2));
            assertEquals(Removal.UNKNOWN, first.remove(2));
        }
        try (Life second = new Life(cookies("a", "b"))) {
            assertEquals(Set.of(1), second.nums());
        }
        try (Life third = new Life(cookies("b", "a"))) {
            assertEquals(Set.of(2), third.nums(), "on whatever line it stands");
            assertEquals("a", third.user(2));
        }
    }

    @Test
    void a_changed_cookie_brings_a_deleted_account_back_and_claims_its_number() {
        try (Life first = new Life(cookies("a", "b"))) {
            first.remove(2);
            first.add(2, cookie("c"));
            first.accounts.reload(List.of(cookies("a", "d")));
            assertEquals("d", first.user(2));
        }
        try (Life second = new Life(cookies("a", "b"))) {
            assertEquals("b", second.user(2), "its line was another one meanwhile");
        }
    }

    @Test
    void numbers_without_a_cookie_are_no_accounts() {
        var list = IntStream.range(0, 3)
                .mapToObj(i -> i == 1 ? "" : cookie("u" + i))
                .toArray(String[]::new);
        try (Life life = new Life(list)) {
            assertEquals(Set.of(1, 3), life.nums());
            assertEquals(List.of(), life.accounts.reload(List.of(list)).unusable(), "nobody is told twice");
        }
    }

    @Test
    void a_cookie_that_left_the_file_and_comes_back_within_30_days_has_its_renewed_session() {
        String renewed;
        try (Life first = new Life(cookies("a", "b"))) {
            renewed = first.renew(2);
            first.accounts.reload(List.of(cookies("a")));
            assertEquals(Set.of(1), first.nums());
        }
        try (Life second = new Life(cookies("a"))) {
            clock.advance(Duration.ofDays(29));
            second.accounts.reload(List.of(cookies("a", "b")));
            assertEquals(renewed, second.account(2).credential().token());
            assertEquals("renewed-b", second.account(2).credential().refreshToken());
        }
    }

    @Test
    void a_cookie_that_comes_back_after_30_days_is_taken_as_it_is_written() {
        try (Life first = new Life(cookies("a", "b"))) {
            first.renew(2);
            first.accounts.reload(List.of(cookies("a")));
            clock.advance(Duration.ofDays(31));
            first.accounts.reload(List.of(cookies("a", "b")));
            assertEquals("first-b", first.account(2).credential().refreshToken());
        }
    }

    @Test
    void deleting_an_account_forgets_its_renewed_session_at_once() throws Exception {
        try (Life first = new Life(cookies("a", "b"))) {
            first.renew(2);
            first.remove(2);
            first.accounts.reload(List.of(cookies("a")));
        }
        try (Life second = new Life(cookies("a", "b"))) {
            assertEquals("first-b", second.account(2).credential().refreshToken());
        }
    }

    @Test
    void a_late_reply_to_an_old_session_changes_no_cookie_of_a_newer_one() {
        String fresh = "token=" + TestAccounts.token("a", LATER.plusSeconds(5)) + "; refresh_token=second-a";
        try (Life life = new Life(cookies("a"))) {
            Account old = life.account(1);
            life.accounts.reload(List.of(fresh));
            life.accounts.renew(old, Map.of("token", old.credential().token(), "refresh_token", ""));
            assertEquals(fresh, life.account(1).credential().cookieHeader());
            life.accounts.renewalRefused(old);
            assertEquals(true, life.account(1).credential().isRenewable());
        }
    }

    @Test
    void a_bench_stays_with_a_user_whose_cookie_leaves_the_file_and_comes_back() throws Exception {
        try (Life first = new Life(cookies("a", "b"))) {
            first.limit(1);
            first.accounts.reload(List.of());
            assertEquals(Set.of(), first.nums());
            first.accounts.reload(List.of(cookies("b", "a")));
            assertEquals(AccountState.ACTIVE, first.state(1));
            assertEquals(AccountState.LIMITED, first.state(2));
            first.accounts.reload(List.of());
        }
        try (Life second = new Life()) {
            second.accounts.reload(List.of(cookies("a")));
            assertEquals(AccountState.LIMITED, second.state(1), "also over a restart");
        }
    }

    @Test
    void a_failure_that_is_reported_while_the_cookie_is_away_counts_when_it_is_back() throws Exception {
        try (Life life = new Life(cookies("a"));
                PendingLease place = life.ring.enqueue(Optional.empty(), RequestKind.CHAT)) {
            Lease lease = place.await(Duration.ZERO).orElseThrow();
            life.accounts.reload(List.of());
            lease.failed(Failure.rateLimited(Duration.ofHours(20), "daily limit"));
            lease.close();
            life.accounts.reload(List.of(cookies("a")));
            assertEquals(AccountState.LIMITED, life.state(1));
        }
    }

    @Test
    void a_bench_is_forgotten_with_a_deleted_account_and_after_a_month_away() throws Exception {
        try (Life first = new Life(cookies("a", "b"))) {
            first.limit(1);
            first.limit(2);
            assertEquals(Removal.REMOVED, first.remove(1));
            first.accounts.reload(List.of());
        }
        try (Life second = new Life()) {
            assertEquals(Set.of("b"), second.health.load().keySet());
        }
        clock.advance(Duration.ofDays(31));
        try (Life third = new Life()) {
            assertEquals(Set.of(), third.nums());
        }
        try (Life fourth = new Life()) {
            assertEquals(Set.of(), fourth.health.load().keySet());
        }
    }

    @Test
    void a_bench_that_its_owner_ended_does_not_come_back_with_what_was_stored() throws Exception {
        String fresh = "token=" + TestAccounts.token("a", LATER.plusSeconds(5)) + "; refresh_token=second-a";
        try (Life first = new Life(cookies("a"))) {
            first.limit(1);
            first.accounts.reload(List.of(fresh));
            assertEquals(AccountState.LIMITED, first.state(1), "another session of the same user");
        }
        try (Life second = new Life(fresh)) {
            second.ring.reset(new AccountId(1));
            second.add(2, cookie("b"));
            assertEquals(AccountState.ACTIVE, second.state(1));
        }
    }

    @Test
    void a_pasted_cookie_that_leaves_with_its_entry_again_and_again_leaves_its_bench() throws Exception {
        String pasted = "token=" + TestAccounts.token("a", LATER.plusSeconds(5)) + "; refresh_token=second-a";
        try (Life first = new Life(cookies("a"))) {
            for (int time = 0; time < 2; time++) {
                first.accounts.replace(new AccountId(1), pasted, false);
                if (time == 0) {
                    first.limit(1);
                }
                first.accounts.reload(List.of());
                first.accounts.reload(List.of(cookies("a")));
                assertEquals(AccountState.LIMITED, first.state(1));
            }
        }
        try (Life second = new Life(cookies("a"))) {
            assertEquals(AccountState.LIMITED, second.state(1));
        }
    }

    @Test
    void a_full_jar_loses_the_oldest_cookie_of_a_reply_after_a_restart_too_and_none_that_was_pasted() {
        String pasted = "pasted=1; " + cookie("a");
        var replies = new LinkedHashMap<String, String>();
        IntStream.range(0, 61).forEach(i -> replies.put("reply" + i, "1"));
        try (Life first = new Life(pasted)) {
            first.accounts.renew(first.account(1), replies);
        }
        try (Life second = new Life(pasted)) {
            second.accounts.renew(second.account(1), Map.of("fresh", "1"));
            String header = second.account(1).credential().cookieHeader();
            assertTrue(header.contains("; fresh=1"), header);
            assertTrue(header.startsWith("pasted=1; "), header);
            assertFalse(header.contains("; reply0=1"), header);
            assertTrue(header.contains("; reply1=1"), header);
        }
    }
}
