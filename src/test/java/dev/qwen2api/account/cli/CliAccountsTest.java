package dev.qwen2api.account.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.TestAccounts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CliAccountsTest {

    private static final AccountId ONE = new AccountId(1);
    private static final AccountId TWO = new AccountId(2);
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final String LATE = "2026-11-23T15:59:30Z";

    private final MovableClock clock = new MovableClock(Instant.parse(LATE), SHANGHAI);
    private final MemoryCli store = new MemoryCli();
    private final List<Account> owned = new ArrayList<>(List.of(TestAccounts.account(1), TestAccounts.account(2)));
    private final CliAccounts accounts = accounts(3);

    private CliAccounts accounts(int limit) {
        var fresh = new CliAccounts(() -> List.copyOf(owned), store, clock, limit);
        fresh.start();
        return fresh;
    }

    private void grant(int... nums) {
        for (int num : nums) {
            accounts.granted(owned.get(num - 1), credential(num));
        }
    }

    private CliCredential credential(int num) {
        return new CliCredential(
                "at-" + num,
                Optional.of("rt-" + num),
                Optional.empty(),
                clock.instant().plusSeconds(21_600));
    }

    private String served(int requests) {
        var served = new StringBuilder();
        for (int i = 0; i < requests; i++) {
            Optional<CliLease> lease = accounts.take(Set.of());
            lease.ifPresent(accounts::accepted);
            served.append(
                    lease.map(each -> String.valueOf(each.account().num())).orElse("-"));
        }
        return served.toString();
    }

    @Test
    void accounts_take_turns_up_to_their_limits() {
        grant(1, 2);
        assertEquals("121212--", served(8));
        assertEquals(CliState.LIMITED, accounts.status(ONE).state());
        assertEquals(3, accounts.status(ONE).requestsToday());
        assertEquals(Optional.of(Instant.parse("2026-11-23T16:00:00Z")), accounts.nextReturn());
    }

    @Test
    void an_account_without_a_credential_or_already_tried_is_passed_over() {
        grant(2);
        assertEquals("22", served(2));
        assertEquals(Optional.empty(), accounts.take(Set.of(TWO)));
    }

    @Test
    void the_count_starts_anew_at_midnight_where_the_owner_lives() {
        grant(1);
        assertEquals("111-", served(4));
        clock.advance(Duration.ofSeconds(29));
        assertEquals("-", served(1));
        clock.advance(Duration.ofSeconds(1));
        assertEquals(0, accounts.status(ONE).requestsToday());
        assertEquals("111-", served(4));
    }

    @Test
    void a_refused_request_that_began_before_midnight_gives_nothing_back_to_the_new_day() {
        grant(1);
        CliLease old = accounts.take(Set.of()).orElseThrow();
        clock.advance(Duration.ofMinutes(1));
        served(1);
        accounts.notAccepted(old);
        assertEquals(1, accounts.status(ONE).requestsToday());
    }

    @Test
    void a_request_that_was_not_accepted_does_not_count() {
        grant(1);
        for (int i = 0; i < 10; i++) {
            accounts.notAccepted(accounts.take(Set.of()).orElseThrow());
        }
        assertEquals(0, accounts.status(ONE).requestsToday());
    }

    @Test
    void many_at_once_never_pass_the_limit() {
        grant(1, 2);
        long leases = IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> accounts.take(Set.of()))
                .flatMap(Optional::stream)
                .count();
        assertEquals(6, leases);
    }

    @Test
    void count_credential_and_refusal_are_there_after_a_restart() {
        grant(1);
        served(2);
        accounts.wanting();
        accounts.refused(TWO, "No.");
        CliAccounts next = accounts(3);
        assertEquals(accounts.status(ONE), next.status(ONE));
        assertEquals(accounts.credential(ONE), next.credential(ONE));
        assertEquals(accounts.status(TWO), next.status(TWO));
        assertEquals(CliState.UNSUPPORTED, next.status(TWO).state());
        assertEquals(List.of(), next.wanting());
    }

    @Test
    void a_count_of_yesterday_is_nothing_after_a_restart() {
        grant(1);
        served(3);
        clock.advance(Duration.ofMinutes(1));
        assertEquals(0, accounts(3).status(ONE).requestsToday());
    }

    @Test
    void a_refused_account_is_asked_for_again_once_a_day() {
        assertEquals(owned, accounts.wanting());
        accounts.refused(ONE, "No.");
        assertEquals(List.of(owned.get(1)), accounts.wanting());
        assertEquals(Optional.of("No."), accounts.status(ONE).reason());
        clock.advance(Duration.ofSeconds(30));
        assertEquals(owned, accounts.wanting());
        accounts.refused(ONE, "No.");
        clock.advance(Duration.ofHours(23));
        assertEquals(List.of(owned.get(1)), accounts.wanting());
    }

    @Test
    void a_credential_that_died_is_replaced_at_once_if_it_ever_worked() {
        grant(1, 2);
        served(1);
        accounts.died(ONE, "Dead.");
        accounts.died(TWO, "Dead.");
        assertEquals(List.of(owned.get(0)), accounts.wanting());
        assertEquals(CliState.UNSUPPORTED, accounts.status(TWO).state());
        assertFalse(accounts.status(TWO).hasCredential());
    }

    @Test
    void trouble_that_may_pass_keeps_an_account_waiting_for_as_long_as_was_said() {
        accounts.wanting();
        accounts.postponed(ONE, Duration.ofMinutes(5), "Busy.");
        assertEquals(CliState.NONE, accounts.status(ONE).state());
        assertEquals(Optional.of("Busy."), accounts.status(ONE).reason());
        assertEquals(List.of(owned.get(1)), accounts.wanting());
        clock.advance(Duration.ofMinutes(5));
        assertEquals(owned, accounts.wanting());
    }

    @ParameterizedTest
    @CsvSource({"PT2M, PT1M59S, PT1S", ", PT29S, PT1S"})
    void a_spent_quota_rests_as_long_as_was_said_or_until_midnight(Duration said, Duration still, Duration then) {
        grant(1);
        accounts.limited(ONE, Optional.ofNullable(said), "Spent.");
        clock.advance(still);
        assertEquals("-", served(1));
        assertTrue(accounts.status(ONE).hasCredential());
        clock.advance(then);
        assertEquals("1", served(1));
        assertEquals(CliState.READY, accounts.status(ONE).state());
    }

    @Test
    void another_user_under_the_same_number_inherits_nothing() {
        grant(1);
        served(1);
        owned.set(0, TestAccounts.account(1, "somebody-else", Instant.parse("2030-01-01T00:00:00Z")));
        assertEquals(Optional.empty(), accounts.take(Set.of()));
        assertEquals(CliStatus.UNKNOWN, accounts.status(ONE));
        assertFalse(store.rows.containsKey(ONE));
    }

    @Test
    void the_same_user_with_a_fresh_cookie_keeps_everything() {
        grant(1);
        served(1);
        owned.set(0, TestAccounts.account(1, "user-1", Instant.parse("2031-01-01T00:00:00Z")));
        assertEquals("1", served(1));
        assertEquals(2, accounts.status(ONE).requestsToday());
    }

    @Test
    void a_credential_for_an_account_that_has_changed_hands_meanwhile_is_dropped() {
        Account before = owned.get(0);
        owned.set(0, TestAccounts.account(1, "somebody-else", Instant.parse("2030-01-01T00:00:00Z")));
        accounts.granted(before, credential(1));
        assertEquals(Optional.empty(), accounts.credential(ONE));
    }

    @Test
    void an_account_whose_session_ended_is_not_asked_for() {
        owned.set(0, TestAccounts.account(1, "user-1", Instant.parse("2026-01-01T00:00:00Z")));
        assertEquals(List.of(owned.get(1)), accounts.wanting());
    }

    @Test
    void another_limit_is_in_force_at_once() {
        grant(1);
        assertEquals("111-", served(4));
        assertEquals(0, accounts.status(ONE).leftToday());
        accounts.apply(4);
        assertEquals(1, accounts.status(ONE).leftToday());
        assertEquals("1-", served(2));
    }

    @Test
    void a_user_who_moves_to_another_number_keeps_everything() {
        grant(1, 2);
        served(4);
        owned.remove(0);
        owned.set(0, TestAccounts.account(1, "user-2", Instant.parse("2030-01-01T00:00:00Z")));
        assertEquals(2, accounts.status(ONE).requestsToday());
        assertEquals(Optional.of(credential(2)), accounts.credential(ONE));
        assertEquals(Optional.empty(), accounts.credential(TWO));
        assertEquals(Set.of(ONE), store.rows.keySet());
        CliAccounts next = accounts(3);
        assertEquals(Optional.of(credential(2)), next.credential(ONE));
    }

    @Test
    void users_who_change_places_keep_what_is_theirs() {
        grant(1, 2);
        served(1);
        Instant end = Instant.parse("2030-01-01T00:00:00Z");
        owned.set(0, TestAccounts.account(1, "user-2", end));
        owned.set(1, TestAccounts.account(2, "user-1", end));
        CliAccounts next = accounts(3);
        for (CliAccounts each : List.of(accounts, next)) {
            assertEquals(Optional.of(credential(2)), each.credential(ONE));
            assertEquals(0, each.status(ONE).requestsToday());
            assertEquals(Optional.of(credential(1)), each.credential(TWO));
            assertEquals(1, each.status(TWO).requestsToday());
        }
    }

    @Test
    void a_credential_that_comes_when_its_user_has_moved_is_the_user_s() {
        Account before = owned.get(1);
        owned.remove(0);
        owned.set(0, TestAccounts.account(1, "user-2", Instant.parse("2030-01-01T00:00:00Z")));
        accounts.granted(before, credential(2));
        assertEquals(Optional.of(credential(2)), accounts.credential(ONE));
    }
}
