package dev.qwen2api.upstream.compatible;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountHealth;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.CliStatus.CliState;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.HealthStore;
import dev.qwen2api.account.Lease;
import dev.qwen2api.account.MemoryHealth;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.NoAccountException;
import dev.qwen2api.account.PendingLease;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CliAccountsTest {

    private static final AccountId ONE = new AccountId(1);
    private static final AccountId TWO = new AccountId(2);
    private static final String USER_1 = "user-1";
    private static final String USER_2 = "user-2";
    private static final CooldownPolicy POLICY = CooldownPolicy.of(3, Duration.ofMinutes(5));
    private static final Instant FAR = Instant.parse("2030-01-01T00:00:00Z");

    private final MovableClock clock =
            new MovableClock(Instant.parse("2026-11-23T15:59:30Z"), ZoneId.of("Asia/Shanghai"));
    private final MemoryCli store = new MemoryCli();
    private final MemoryHealth health = new MemoryHealth();
    private final List<Account> owned = new ArrayList<>(List.of(TestAccounts.account(1), TestAccounts.account(2)));
    private final CliAccounts accounts = accounts(3);

    private CliAccounts accounts(int limit) {
        var fresh = new CliAccounts(store, health, POLICY, clock, System::nanoTime);
        fresh.apply(POLICY, limit, false);
        fresh.follow(owned, Set.of());
        fresh.start();
        return fresh;
    }

    private void own(int num, Account account) {
        owned.set(num - 1, account);
        accounts.follow(owned, Set.of());
    }

    private void grant(int... nums) {
        for (int num : nums) {
            accounts.granted("user-" + num, credential(num));
        }
    }

    private CliCredential credential(int num) {
        return new CliCredential(
                "at-" + num,
                Optional.of("rt-" + num),
                Optional.empty(),
                clock.instant().plusSeconds(21_600));
    }

    private Optional<Lease> lease() throws InterruptedException {
        try (PendingLease pending = accounts.ring().enqueue(Optional.empty(), RequestKind.CHAT)) {
            return pending.await(Duration.ZERO);
        } catch (NoAccountException none) {
            return Optional.empty();
        }
    }

    private String served(int requests) throws InterruptedException {
        var served = new StringBuilder();
        for (int i = 0; i < requests; i++) {
            Optional<Lease> lease = lease();
            served.append(
                    lease.map(each -> String.valueOf(each.account().id().num())).orElse("-"));
            lease.ifPresent(each -> {
                String user = CliUser.key(each.account());
                accounts.count(user).orElseThrow();
                accounts.accepted(user);
                each.succeeded();
                each.close();
            });
        }
        return served.toString();
    }

    @Test
    void accounts_take_turns_up_to_their_limits() throws Exception {
        grant(1, 2);
        assertEquals("121212--", served(8));
        assertEquals(CliState.LIMITED, accounts.status(ONE).state());
        assertEquals(3, accounts.status(ONE).requestsToday());
        assertEquals(Optional.of(Instant.parse("2026-11-23T16:00:00Z")), accounts.nextReturn());
    }

    @Test
    void an_account_without_a_credential_is_passed_over() throws Exception {
        grant(2);
        assertEquals("22", served(2));
    }

    @Test
    void the_count_starts_anew_at_midnight_where_the_owner_lives() throws Exception {
        grant(1);
        assertEquals("111-", served(4));
        clock.advance(Duration.ofSeconds(29));
        assertEquals("-", served(1));
        clock.advance(Duration.ofSeconds(1));
        assertEquals(0, accounts.status(ONE).requestsToday());
        assertEquals("111-", served(4));
    }

    @Test
    void a_refused_request_that_began_before_midnight_gives_nothing_back_to_the_new_day() throws Exception {
        grant(1);
        LocalDate old = accounts.count(USER_1).orElseThrow();
        clock.advance(Duration.ofMinutes(1));
        served(1);
        accounts.uncount(USER_1, old);
        assertEquals(1, accounts.status(ONE).requestsToday());
    }

    @Test
    void a_request_that_was_not_accepted_does_not_count() {
        grant(1);
        for (int i = 0; i < 10; i++) {
            accounts.uncount(USER_1, accounts.count(USER_1).orElseThrow());
        }
        assertEquals(0, accounts.status(ONE).requestsToday());
    }

    @Test
    void many_at_once_never_pass_the_limit() {
        grant(1, 2);
        long counted = IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> accounts.count(i % 2 == 0 ? USER_1 : USER_2))
                .flatMap(Optional::stream)
                .count();
        assertEquals(6, counted);
    }

    @Test
    void a_request_waits_for_a_credential_only_while_nothing_else_can_serve() throws Exception {
        accounts.apply(POLICY, 3, true);
        accounts.obtaining(USER_1, true);
        try (PendingLease pending = accounts.ring().enqueue(Optional.empty(), RequestKind.CHAT)) {
            assertEquals(Optional.empty(), pending.await(Duration.ofMillis(1)));
            grant(1);
            assertEquals(
                    ONE,
                    pending.await(Duration.ofSeconds(5)).orElseThrow().account().id());
            accounts.obtaining(USER_2, true);
            accounts.apply(POLICY, 3, false);
            assertThrows(NoAccountException.class, () -> pending.await(Duration.ofMillis(1)));
        }
    }

    @Test
    void count_credential_and_refusal_are_there_after_a_restart() throws Exception {
        grant(1);
        served(2);
        accounts.refused(USER_2, "No.");
        CliAccounts next = accounts(3);
        assertEquals(CliState.READY, next.status(ONE).state());
        assertEquals(2, next.status(ONE).requestsToday());
        assertEquals(accounts.credential(USER_1), next.credential(USER_1));
        assertEquals(accounts.status(TWO), next.status(TWO));
        assertEquals(CliState.UNSUPPORTED, next.status(TWO).state());
        assertEquals(List.of(), next.wanting());
    }

    @Test
    void a_count_of_yesterday_is_nothing_after_a_restart() throws Exception {
        grant(1);
        served(3);
        clock.advance(Duration.ofMinutes(1));
        assertEquals(0, accounts(3).status(ONE).requestsToday());
    }

    @Test
    void a_refused_account_is_tried_again_once_a_day() {
        assertEquals(owned, accounts.wanting());
        accounts.refused(USER_1, "No.");
        assertEquals(List.of(owned.get(1)), accounts.wanting());
        assertEquals(Optional.of("No."), accounts.status(ONE).reason());
        clock.advance(Duration.ofSeconds(30));
        assertEquals(owned, accounts.wanting());
        accounts.refused(USER_1, "No.");
        clock.advance(Duration.ofHours(23));
        assertEquals(List.of(owned.get(1)), accounts.wanting());
    }

    @Test
    void a_credential_that_died_is_replaced_at_once_if_it_ever_worked() throws Exception {
        grant(1, 2);
        served(1);
        accounts.died(USER_1, "Dead.");
        accounts.died(USER_2, "Dead.");
        assertEquals(List.of(owned.get(0)), accounts.wanting());
        assertEquals(CliState.UNSUPPORTED, accounts.status(TWO).state());
        assertFalse(accounts.status(TWO).hasCredential());
    }

    @Test
    void trouble_that_may_pass_keeps_an_account_waiting_for_as_long_as_was_said() {
        accounts.postponed(USER_1, Duration.ofMinutes(5), "Busy.");
        assertEquals(CliState.NONE, accounts.status(ONE).state());
        assertEquals(Optional.of("Busy."), accounts.status(ONE).reason());
        assertEquals(List.of(owned.get(1)), accounts.wanting());
        clock.advance(Duration.ofMinutes(5));
        assertEquals(owned, accounts.wanting());
    }

    @ParameterizedTest
    @CsvSource({"PT2M, PT1M59S, PT1S", "PT30S, PT29S, PT1S"})
    void a_spent_quota_cools_down_for_as_long_as_was_said_and_over_a_restart(
            Duration said, Duration still, Duration then) throws Exception {
        grant(1);
        Lease lease = lease().orElseThrow();
        lease.failed(Failure.of(FailureKind.QUOTA_EXHAUSTED, "spent").after(said));
        lease.close();
        clock.advance(still);
        assertEquals("-", served(1));
        assertTrue(accounts.status(ONE).hasCredential());
        assertEquals(CliState.LIMITED, accounts(3).status(ONE).state());
        clock.advance(then);
        assertEquals("1", served(1));
        assertEquals(CliState.READY, accounts.status(ONE).state());
    }

    @Test
    void another_user_under_the_same_number_inherits_nothing() throws Exception {
        grant(1);
        served(1);
        own(1, TestAccounts.account(1, "somebody-else", FAR));
        assertEquals("-", served(1));
        assertEquals(CliStatus.UNKNOWN, accounts.status(ONE));
        assertFalse(store.rows.containsKey(USER_1));
    }

    @Test
    void the_same_user_with_a_fresh_cookie_keeps_everything() throws Exception {
        grant(1);
        served(1);
        own(1, TestAccounts.account(1, USER_1, Instant.parse("2031-01-01T00:00:00Z")));
        assertEquals("1", served(1));
        assertEquals(2, accounts.status(ONE).requestsToday());
    }

    @Test
    void a_credential_for_an_account_that_has_changed_hands_meanwhile_is_dropped() {
        own(1, TestAccounts.account(1, "somebody-else", FAR));
        grant(1);
        assertEquals(Optional.empty(), accounts.credential(USER_1));
        assertFalse(store.rows.containsKey(USER_1));
    }

    @Test
    void no_credential_is_obtained_for_an_account_whose_session_ended_but_its_credential_serves() throws Exception {
        own(1, TestAccounts.account(1, USER_1, Instant.parse("2026-01-01T00:00:00Z")));
        assertEquals(List.of(owned.get(1)), accounts.wanting());
        grant(1);
        assertEquals("1", served(1));
    }

    @Test
    void another_limit_is_in_force_at_once() throws Exception {
        grant(1);
        assertEquals("111-", served(4));
        assertEquals(0, accounts.status(ONE).leftToday());
        accounts.apply(POLICY, 4, false);
        assertEquals(1, accounts.status(ONE).leftToday());
        assertEquals("1-", served(2));
    }

    @Test
    void a_user_who_moves_to_another_number_keeps_everything() throws Exception {
        grant(1, 2);
        served(4);
        owned.remove(0);
        own(1, TestAccounts.account(1, USER_2, FAR));
        assertEquals(2, accounts.status(ONE).requestsToday());
        assertEquals(Optional.of(credential(2)), accounts.credential(USER_2));
        assertEquals(CliStatus.UNKNOWN, accounts.status(TWO));
        assertEquals(Set.of(USER_2), store.rows.keySet());
        assertEquals(Optional.of(credential(2)), accounts(3).credential(USER_2));
        assertEquals("1", served(1));
    }

    @Test
    void users_who_change_places_keep_what_is_theirs() throws Exception {
        grant(1, 2);
        served(1);
        owned.set(0, TestAccounts.account(1, USER_2, FAR));
        own(2, TestAccounts.account(2, USER_1, FAR));
        for (CliAccounts each : List.of(accounts, accounts(3))) {
            assertEquals(0, each.status(ONE).requestsToday());
            assertEquals(1, each.status(TWO).requestsToday());
        }
    }

    @Test
    void reading_a_status_writes_nothing() {
        grant(1);
        store.rows.clear();
        accounts.status(ONE);
        accounts.status(TWO);
        accounts.nextReturn();
        assertTrue(store.rows.isEmpty());
    }

    @Test
    void a_credential_that_is_renewed_while_the_cookie_is_away_is_there_when_it_is_back() throws Exception {
        accounts.follow(List.of(), Set.of(USER_1));
        grant(1, 2);
        assertEquals("-", served(1));
        accounts.follow(owned, Set.of());
        assertEquals("111-", served(4), "nothing is kept of a user who is gone for good");
    }

    @Test
    void accounts_can_change_while_a_slow_disk_reads_what_was_kept() throws Exception {
        var reading = new CountDownLatch(1);
        var read = new CountDownLatch(1);
        HealthStore slow = new HealthStore() {
            @Override
            public Map<String, AccountHealth> load() {
                reading.countDown();
                try {
                    read.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                return Map.of();
            }

            @Override
            public void save(String user, AccountHealth saved) {}

            @Override
            public void forget(String user) {}
        };
        var fresh = new CliAccounts(store, slow, POLICY, clock, System::nanoTime);
        var start = CompletableFuture.runAsync(fresh::start);
        try {
            assertTrue(reading.await(20, TimeUnit.SECONDS));
            CompletableFuture.runAsync(() -> fresh.follow(owned, Set.of())).get(5, TimeUnit.SECONDS);
            assertEquals(Optional.of(owned.get(0)), fresh.account(USER_1));
        } finally {
            read.countDown();
        }
        start.get(20, TimeUnit.SECONDS);
    }
}
