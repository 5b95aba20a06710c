package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a failure costs: which account, for which kind of request, and for how long. */
@Timeout(20)
class FailureCostTest {

    private static final Failure EMPTY = Failure.of(FailureKind.EMPTY, "an empty answer");
    private static final Failure RESET = Failure.of(FailureKind.BROKEN, "the connection was reset");
    private static final Failure CHALLENGE = Failure.of(FailureKind.CHALLENGED, "a human check");
    private static final Failure FORBIDDEN = Failure.of(FailureKind.FORBIDDEN, "HTTP 403");
    private static final Failure VIDEO_QUOTA =
            Failure.of(FailureKind.QUOTA_EXHAUSTED, "daily limit").after(Duration.ofHours(4));

    @Test
    void a_used_up_video_quota_leaves_chats_alone() throws Exception {
        var test = new TestRing(1);
        test.fail(1, RequestKind.VIDEO, VIDEO_QUOTA);

        assertTrue(test.has(1, RequestKind.CHAT));
        assertTrue(test.has(1, RequestKind.PICTURE));
        assertFalse(test.has(1, RequestKind.VIDEO));
        assertEquals(Duration.ofHours(4), test.out(1, RequestKind.VIDEO));
        assertEquals(AccountState.ACTIVE, test.status(1).state());
        assertTrue(test.ring.noAccount().isEmpty());
    }

    @Test
    void a_success_of_one_kind_does_not_end_what_another_kind_has_counted() throws Exception {
        var test = new TestRing(1);
        test.fail(1, RequestKind.PICTURE, EMPTY);
        test.fail(1, RequestKind.PICTURE, EMPTY);
        test.succeed(1, RequestKind.CHAT);
        test.fail(1, RequestKind.PICTURE, EMPTY);
        assertFalse(test.has(1, RequestKind.PICTURE));
        assertTrue(test.has(1, RequestKind.CHAT));
    }

    @Test
    void every_account_without_quota_is_told_apart_from_accounts_that_are_cooling() throws Exception {
        var test = new TestRing(2);
        test.fail(1, RequestKind.VIDEO, VIDEO_QUOTA);
        test.fail(2, RequestKind.VIDEO, VIDEO_QUOTA);
        var unavailable = assertThrows(
                NoAccountException.class,
                () -> test.ring.enqueue(Optional.empty(), RequestKind.VIDEO).await(Duration.ZERO));
        assertEquals(NoAccountException.Reason.ALL_EXHAUSTED, unavailable.why());
        assertEquals(Optional.of(Duration.ofHours(4)), unavailable.retryAfter());
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"EXPIRED", "CHALLENGED"},
            mode = EnumSource.Mode.EXCLUDE)
    void no_failure_of_an_upload_costs_an_account_its_place_in_chats(FailureKind kind) throws Exception {
        var test = new TestRing(2);
        for (int i = 0; i < 4 && test.has(1, RequestKind.CHAT); i++) {
            test.fail(1, Failure.of(kind, "an upload failed").in(RequestKind.UPLOAD));
        }
        assertTrue(test.has(1, RequestKind.CHAT));
        assertEquals(AccountState.ACTIVE, test.status(1).state());
    }

    @Test
    void a_human_check_at_an_upload_costs_uploads_alone_and_opens_no_breaker() throws Exception {
        var test = new TestRing(4);
        for (int num = 1; num <= 4; num++) {
            test.fail(num, CHALLENGE.in(RequestKind.UPLOAD));
        }
        assertTrue(test.has(1, RequestKind.CHAT));
        assertFalse(test.has(1, RequestKind.CHAT, RequestKind.UPLOAD));
        assertEquals(CircuitBreaker.State.CLOSED, test.ring.breaker().state(test.clock.instant()));
    }

    @Test
    void a_dead_session_that_an_upload_found_is_dead_for_chats_too() throws Exception {
        var test = new TestRing(1);
        test.fail(1, Failure.of(FailureKind.EXPIRED, "Unauthorized").in(RequestKind.UPLOAD));
        assertEquals(AccountState.EXPIRED, test.status(1).state());
    }

    @Test
    void a_failure_that_does_not_say_whose_it_is_costs_only_the_first_account_of_a_request() throws Exception {
        for (Failure failure : List.of(EMPTY, RESET, Failure.of(FailureKind.SILENT, "nothing came"))) {
            var test = new TestRing(3);
            for (int request = 0; request < 3; request++) {
                try (PendingLease place = test.ring.enqueue(Optional.empty(), RequestKind.CHAT)) {
                    for (int attempt = 0; attempt < 2; attempt++) {
                        try (Lease lease = place.await(Duration.ZERO).orElseThrow()) {
                            lease.failed(failure);
                        }
                    }
                }
            }
            int sum = 0;
            for (int num = 1; num <= 3; num++) {
                sum += test.status(num).failureCount();
            }
            assertEquals(3, sum, failure.toString());
        }
    }

    @Test
    void a_403_for_one_request_costs_one_account() throws Exception {
        var test = new TestRing(3);
        try (PendingLease place = test.ring.enqueue(Optional.empty(), RequestKind.CHAT)) {
            for (int attempt = 0; attempt < 3; attempt++) {
                try (Lease lease = place.await(Duration.ZERO).orElseThrow()) {
                    lease.failed(FORBIDDEN);
                }
            }
        }
        assertFalse(test.has(1, RequestKind.CHAT));
        assertTrue(test.has(2, RequestKind.CHAT));
        assertTrue(test.has(3, RequestKind.CHAT));
    }

    @Test
    void one_generation_too_many_halves_what_runs_at_once_for_some_minutes() throws Exception {
        var test = new TestRing(2);
        var running = new ArrayList<Lease>();
        for (int i = 0; i < 6; i++) {
            running.add(test.lease(1, RequestKind.CHAT).orElseThrow());
        }
        running.get(5).failed(Failure.of(FailureKind.PARALLEL_LIMITED, "it runs too many generations at once"));
        running.forEach(Lease::close);
        test.clock.advance(Duration.ofSeconds(6));
        running.clear();
        // The first one after a cooldown is a trial.
        test.succeed(1, RequestKind.CHAT);
        for (int i = 0; i < 3; i++) {
            running.add(test.lease(1, RequestKind.CHAT).orElseThrow());
        }
        assertFalse(test.has(1, RequestKind.CHAT), "half of the six");
        assertTrue(test.has(2, RequestKind.CHAT), "no other account pays");
        test.clock.advance(Duration.ofMinutes(5));
        assertTrue(test.has(1, RequestKind.CHAT));
        running.forEach(Lease::close);
    }

    @Test
    void a_limit_costs_every_account_that_says_so() throws Exception {
        var test = new TestRing(3);
        try (PendingLease place = test.ring.enqueue(Optional.empty(), RequestKind.CHAT)) {
            for (int attempt = 0; attempt < 3; attempt++) {
                try (Lease lease = place.await(Duration.ZERO).orElseThrow()) {
                    lease.failed(Failure.rateLimited(Duration.ofHours(1), "daily limit"));
                }
            }
        }
        for (int num = 1; num <= 3; num++) {
            assertEquals(Duration.ofHours(1), test.out(num, RequestKind.CHAT));
        }
    }

    @Test
    void a_bare_403_is_a_cooldown_of_minutes_and_of_a_day_when_it_repeats() throws Exception {
        var test = new TestRing(2);
        test.fail(1, FORBIDDEN);
        assertEquals(TestRing.COOLDOWN, test.out(1, RequestKind.CHAT));
        assertEquals(AccountState.COOLING, test.status(1).state());

        test.clock.advance(TestRing.COOLDOWN);
        test.fail(1, FORBIDDEN);

        assertEquals(Duration.ofDays(1), test.out(1, RequestKind.CHAT));
        assertEquals(AccountState.DISABLED, test.status(1).state());
    }

    @Test
    void a_403_after_a_success_is_not_a_repeated_one() throws Exception {
        var test = new TestRing(2);
        test.fail(1, FORBIDDEN);
        test.clock.advance(TestRing.COOLDOWN);
        test.succeed(1, RequestKind.CHAT);
        test.fail(1, FORBIDDEN);
        assertEquals(TestRing.COOLDOWN, test.out(1, RequestKind.CHAT));
    }

    @Test
    void an_account_that_runs_too_much_at_once_pauses_for_seconds() throws Exception {
        var test = new TestRing(2);
        test.fail(1, Failure.of(FailureKind.PARALLEL_LIMITED, "too many generations"));
        assertEquals(Duration.ofSeconds(5), test.out(1, RequestKind.CHAT));
        assertEquals(0, test.status(1).failureCount());
    }

    @Test
    void the_only_account_is_out_for_seconds_after_faults_of_the_connection() throws Exception {
        var test = new TestRing(1);
        for (int i = 0; i < 3; i++) {
            test.fail(1, RESET);
        }
        assertEquals(AccountState.COOLING, test.status(1).state());
        assertEquals(Duration.ofSeconds(10), test.out(1, RequestKind.CHAT));
        assertTrue(test.status(1).reason().orElseThrow().contains("the connection was reset"));

        for (int round = 0; round < 5; round++) {
            test.clock.advance(Duration.ofSeconds(10));
            test.fail(1, RESET);
            assertEquals(Duration.ofSeconds(10), test.out(1, RequestKind.CHAT));
        }
    }

    @Test
    void the_last_account_that_could_answer_returns_as_soon_as_the_others_are_out() throws Exception {
        var test = new TestRing(2);
        for (int i = 0; i < 3; i++) {
            test.fail(1, RESET);
        }
        assertEquals(TestRing.COOLDOWN, test.out(1, RequestKind.CHAT), "the other one can answer");
        test.clock.advance(Duration.ofSeconds(20));

        test.fail(2, Failure.rateLimited(Duration.ofHours(4), "daily limit"));

        assertTrue(test.has(1, RequestKind.CHAT));
        assertEquals(AccountState.ACTIVE, test.status(1).state());
    }

    @Test
    void a_human_check_met_in_an_early_trial_is_not_hidden_by_the_cooldown_of_the_connection() throws Exception {
        var test = new TestRing(1);
        for (int i = 0; i < 3; i++) {
            test.fail(1, RESET);
        }
        test.clock.advance(Duration.ofSeconds(10));
        test.fail(1, CHALLENGE);
        assertEquals(AccountState.CHALLENGED, test.status(1).state());
        assertFalse(test.has(1, RequestKind.CHAT));
    }

    @Test
    void nothing_that_an_old_session_brings_touches_a_newer_one() throws Exception {
        for (FailureKind kind : FailureKind.values()) {
            var test = new TestRing(1);
            Lease before = test.lease(1, RequestKind.CHAT).orElseThrow();
            test.ring.replace(List.of(new Account(
                    new AccountId(1),
                    Account.Source.ENV,
                    TestAccounts.credential("user-1", test.clock.instant().plusSeconds(900)))));
            for (int i = 0; i < 4; i++) {
                before.failed(Failure.of(kind, "late"));
            }
            before.close();
            assertEquals(AccountState.ACTIVE, test.status(1).state(), kind.name());
            assertEquals(0, test.status(1).failureCount(), kind.name());
            assertEquals(CircuitBreaker.State.CLOSED, test.ring.breaker().state(test.clock.instant()), kind.name());
        }
    }

    @Test
    void an_old_session_that_answers_late_does_not_vouch_for_a_newer_one() throws Exception {
        var test = new TestRing(1);
        Lease before = test.lease(1, RequestKind.CHAT).orElseThrow();
        test.ring.replace(List.of(new Account(
                new AccountId(1),
                Account.Source.ENV,
                TestAccounts.credential("user-1", test.clock.instant().plusSeconds(900)))));
        test.fail(1, EMPTY);
        before.succeeded();
        before.close();
        assertEquals(1, test.status(1).failureCount());
    }

    @Test
    void health_of_every_kind_is_there_after_a_restart() throws Exception {
        var test = new TestRing(2);
        test.fail(1, RequestKind.VIDEO, VIDEO_QUOTA);
        test.fail(2, CHALLENGE);
        var restarted = new AccountRing(
                test.clock,
                System::nanoTime,
                CooldownPolicy.of(3, TestRing.COOLDOWN),
                new RingLimits(8, Duration.ZERO),
                test.health);
        restarted.replace(List.of(TestAccounts.account(1), TestAccounts.account(2)), test.health.load());
        assertEquals(
                TestRing.kinds(RequestKind.VIDEO),
                restarted.statuses().get(0).cooldowns().keySet());
        assertEquals(AccountState.ACTIVE, restarted.statuses().get(0).state());
        assertEquals(AccountState.CHALLENGED, restarted.statuses().get(1).state());
    }
}
