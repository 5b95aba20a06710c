package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.NoAccountException.Reason;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AccountRingTest {

    private static final Failure BUSY = Failure.of(FailureKind.BUSY, "overloaded");
    private static final Failure CHALLENGE = Failure.of(FailureKind.CHALLENGED, "human check");

    private final MovableClock clock = new MovableClock();

    private AccountRing ring(int accounts, RingLimits limits) {
        var ring = new AccountRing(
                clock, System::nanoTime, CooldownPolicy.of(3, Duration.ofMinutes(5)), limits, new MemoryHealth());
        ring.replace(IntStream.rangeClosed(1, accounts)
                .mapToObj(TestAccounts::account)
                .toList());
        return ring;
    }

    private AccountRing ring(int accounts) {
        return ring(accounts, new RingLimits(8, Duration.ZERO));
    }

    private static Optional<Lease> now(AccountRing ring, Integer... tried) throws Exception {
        var request = new LeaseRequest(RequestKind.CHAT, Set.of(RequestKind.CHAT));
        List.of(tried).forEach(num -> request.excluded().add(new AccountId(num)));
        try (PendingLease pendingLease = ring.enqueue(request)) {
            return pendingLease.await(Duration.ZERO);
        }
    }

    private static String next(AccountRing ring) throws Exception {
        try (Lease lease = now(ring).orElseThrow()) {
            return lease.account().id().toString();
        }
    }

    private static void fail(AccountRing ring, int num, Failure failure) throws Exception {
        Integer[] others = ring.statuses().stream()
                .map(status -> status.account().id().num())
                .filter(other -> other != num)
                .toArray(Integer[]::new);
        try (Lease lease = now(ring, others).orElseThrow()) {
            lease.failed(failure);
        }
    }

    private static AccountStatus status(AccountRing ring, int num) {
        return ring.statuses().stream()
                .filter(status -> status.account().id().num() == num)
                .findFirst()
                .orElseThrow();
    }

    private static NoAccountException noAccount(AccountRing ring) {
        return assertThrows(NoAccountException.class, () -> now(ring));
    }

    @Test
    void accounts_take_strict_turns() throws Exception {
        var ring = ring(3);
        var order = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            order.add(next(ring));
        }
        assertEquals(List.of("account_1", "account_2", "account_3", "account_1", "account_2"), order);
    }

    @Test
    void an_account_that_was_tried_is_passed_over() throws Exception {
        try (Lease lease = now(ring(2), 1).orElseThrow()) {
            assertEquals("account_2", lease.account().id().toString());
        }
    }

    @Test
    void no_account_at_all_is_told_apart_from_none_that_works() throws Exception {
        assertEquals(Reason.NONE_CONFIGURED, noAccount(ring(0)).why());

        var ring = ring(1);
        assertEquals(
                Reason.ALL_TRIED,
                assertThrows(NoAccountException.class, () -> now(ring, 1)).why());
    }

    @Test
    void enough_failures_in_a_row_take_an_account_out_until_its_cooldown_is_over() throws Exception {
        var ring = ring(1);
        fail(ring, 1, BUSY);
        fail(ring, 1, BUSY);
        assertEquals(AccountState.ACTIVE, status(ring, 1).state());

        fail(ring, 1, BUSY);

        assertEquals(AccountState.COOLING, status(ring, 1).state());
        var unavailable = noAccount(ring);
        assertEquals(Reason.ALL_COOLING_DOWN, unavailable.why());
        assertEquals(Optional.of(Duration.ofMinutes(5)), unavailable.retryAfter());
        clock.advance(Duration.ofMinutes(5));
        assertEquals("account_1", next(ring));
    }

    @Test
    void a_success_forgets_earlier_failures() throws Exception {
        var ring = ring(1);
        fail(ring, 1, BUSY);
        fail(ring, 1, BUSY);
        try (Lease lease = now(ring).orElseThrow()) {
            lease.succeeded();
        }
        fail(ring, 1, BUSY);
        assertEquals(AccountState.ACTIVE, status(ring, 1).state());
        assertEquals(1, status(ring, 1).failureCount());
    }

    @Test
    void after_a_cooldown_one_request_decides_and_a_failure_doubles_it() throws Exception {
        var ring = ring(1);
        for (int i = 0; i < 3; i++) {
            fail(ring, 1, BUSY);
        }
        clock.advance(Duration.ofMinutes(5));

        try (Lease probe = now(ring).orElseThrow()) {
            assertEquals(Optional.empty(), now(ring), "a second request must wait for the probe");
            probe.failed(BUSY);
        }

        assertEquals(Optional.of(Duration.ofMinutes(10)), noAccount(ring).retryAfter());
    }

    @Test
    void the_doubling_ends_at_an_hour() throws Exception {
        var ring = ring(1);
        for (int i = 0; i < 12; i++) {
            fail(ring, 1, BUSY);
            clock.advance(absenceOrZero(ring));
        }
        fail(ring, 1, BUSY);
        assertEquals(Optional.of(Duration.ofHours(1)), noAccount(ring).retryAfter());
    }

    private static Duration absenceOrZero(AccountRing ring) throws Exception {
        try {
            now(ring).ifPresent(Lease::close);
            return Duration.ZERO;
        } catch (NoAccountException unavailable) {
            return unavailable.retryAfter().orElseThrow();
        }
    }

    @Test
    void a_used_up_quota_benches_for_as_long_as_asked_but_a_day_at_most() throws Exception {
        var ring = ring(1);
        fail(ring, 1, Failure.rateLimited(Duration.ofHours(4), "daily limit"));
        assertEquals(AccountState.LIMITED, status(ring, 1).state());
        assertEquals(Optional.of(Duration.ofHours(4)), noAccount(ring).retryAfter());

        ring.reset(new AccountId(1));
        fail(ring, 1, Failure.rateLimited(Duration.ofDays(400), "absurd"));
        assertEquals(Optional.of(Duration.ofHours(24)), noAccount(ring).retryAfter());
    }

    @Test
    void a_token_past_its_end_is_expired_without_asking_anybody() {
        var ring = ring(0);
        ring.replace(List.of(TestAccounts.account(1, "u", clock.instant())));
        assertEquals(AccountState.EXPIRED, status(ring, 1).state());
        assertEquals(Reason.ALL_EXPIRED, noAccount(ring).why());
    }

    @Test
    void a_request_that_was_wrong_or_a_dead_route_blames_no_account() throws Exception {
        var ring = ring(1);
        for (FailureKind kind : List.of(FailureKind.MODERATED, FailureKind.BAD_INPUT, FailureKind.UNREACHABLE)) {
            for (int i = 0; i < 5; i++) {
                fail(ring, 1, Failure.of(kind, "x"));
            }
        }
        assertEquals(0, status(ring, 1).failureCount());
        assertEquals(AccountState.ACTIVE, status(ring, 1).state());
    }

    @Test
    void three_challenges_in_a_row_stop_the_well_accounts_too() throws Exception {
        var ring = ring(4);
        fail(ring, 1, CHALLENGE);
        fail(ring, 2, CHALLENGE);
        assertEquals("account_3", next(ring));

        fail(ring, 3, CHALLENGE);

        assertEquals(Reason.ALL_CHALLENGED, noAccount(ring).why());
        assertEquals(AccountState.ACTIVE, status(ring, 4).state());
        clock.advance(Duration.ofSeconds(30));
        assertTrue(now(ring).isPresent());
    }

    @Test
    void the_reset_of_an_account_opens_the_way_out_and_that_of_an_unknown_one_changes_nothing() throws Exception {
        var ring = ring(4);
        for (int num = 1; num <= 3; num++) {
            fail(ring, num, CHALLENGE);
        }

        assertFalse(ring.reset(new AccountId(9)));
        assertEquals(Reason.ALL_CHALLENGED, noAccount(ring).why());
        assertTrue(ring.reset(new AccountId(1)));
        assertTrue(now(ring).isPresent());
    }

    @Test
    void an_account_at_its_limit_of_concurrency_is_waited_for_in_the_order_of_arrival() throws Exception {
        var ring = ring(1, new RingLimits(1, Duration.ZERO));
        var order = new ArrayList<String>();
        var pool = Executors.newCachedThreadPool();
        Lease first = now(ring).orElseThrow();
        List<Future<?>> waiters = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            PendingLease pendingLease = ring.enqueue(Optional.empty(), RequestKind.CHAT);
            waiters.add(pool.submit(() -> {
                try (pendingLease;
                        Lease lease = pendingLease.await(Duration.ofSeconds(10)).orElseThrow()) {
                    order.add(name);
                }
                return null;
            }));
        }
        first.close();
        for (Future<?> waiter : waiters) {
            waiter.get(10, TimeUnit.SECONDS);
        }
        pool.shutdown();
        assertEquals(List.of("a", "b", "c"), order);
    }

    @Test
    void a_ticket_that_is_given_up_gives_back_what_it_was_granted() throws Exception {
        var ring = ring(1, new RingLimits(1, Duration.ZERO));
        Lease first = now(ring).orElseThrow();
        PendingLease pendingLease = ring.enqueue(Optional.empty(), RequestKind.CHAT);
        first.close();
        assertEquals(1, status(ring, 1).inFlight());

        pendingLease.close();

        assertEquals(0, status(ring, 1).inFlight());
    }

    @Test
    void a_pause_between_two_generations_is_kept() throws Exception {
        var ring = ring(1, new RingLimits(0, Duration.ofSeconds(2)));
        next(ring);
        assertEquals(Optional.empty(), now(ring));
        clock.advance(Duration.ofSeconds(2));
        assertEquals("account_1", next(ring));
    }

    @Test
    void waiting_ends_when_the_last_account_falls_out() throws Exception {
        var ring = ring(1, new RingLimits(1, Duration.ZERO));
        Lease lease = now(ring).orElseThrow();
        var waiting = new CountDownLatch(1);
        var pool = Executors.newSingleThreadExecutor();
        Future<?> waiter = pool.submit(() -> {
            try (PendingLease pendingLease = ring.enqueue(Optional.empty(), RequestKind.CHAT)) {
                waiting.countDown();
                return pendingLease.await(Duration.ofSeconds(15));
            }
        });
        waiting.await();
        lease.failed(Failure.rateLimited(Duration.ofHours(1), "daily limit"));
        lease.close();
        var failure = assertThrows(Exception.class, () -> waiter.get(10, TimeUnit.SECONDS));
        assertTrue(failure.getCause() instanceof NoAccountException, String.valueOf(failure.getCause()));
        pool.shutdown();
    }

    @Test
    void replacing_accounts_keeps_the_health_of_a_user_who_stays_and_forgets_a_new_ones() throws Exception {
        var ring = ring(2);
        fail(ring, 1, Failure.rateLimited(Duration.ofHours(1), "daily limit"));
        fail(ring, 2, Failure.rateLimited(Duration.ofHours(1), "daily limit"));

        ring.replace(List.of(
                TestAccounts.account(1),
                TestAccounts.account(2, "someone-else", clock.instant().plusSeconds(60)),
                TestAccounts.account(3)));

        assertEquals(AccountState.LIMITED, status(ring, 1).state());
        assertEquals(AccountState.ACTIVE, status(ring, 2).state());
        assertEquals(AccountState.ACTIVE, status(ring, 3).state());
    }

    @Test
    void a_fresh_token_ends_the_rest_of_a_dead_session() throws Exception {
        var ring = ring(1);
        fail(ring, 1, Failure.of(FailureKind.EXPIRED, "Unauthorized"));
        assertEquals(AccountState.EXPIRED, status(ring, 1).state());

        ring.renew(
                new AccountId(1),
                old -> TestAccounts.credential("user-1", clock.instant().plusSeconds(900)));

        assertEquals(AccountState.ACTIVE, status(ring, 1).state());
    }

    @Test
    void a_lease_outlives_the_removal_of_its_account() throws Exception {
        var ring = ring(1);
        Lease lease = now(ring).orElseThrow();
        ring.replace(List.of());
        lease.succeeded();
        lease.close();
        lease.close();
        assertEquals(List.of(), ring.statuses());
    }

    @Test
    void the_reason_names_the_account_and_the_next_step() throws Exception {
        var ring = ring(1);
        fail(ring, 1, Failure.of(FailureKind.EXPIRED, "Unauthorized"));
        String message = String.valueOf(noAccount(ring).getMessage());
        assertTrue(message.contains("account_1 is expired"), message);
        assertTrue(message.contains("fresh cookie"), message);
    }

    @Test
    void a_clock_that_is_set_back_by_a_day_keeps_nobody_out_for_a_day() throws Exception {
        var ring = ring(1, new RingLimits(8, Duration.ofSeconds(2)));
        for (int i = 0; i < 3; i++) {
            fail(ring, 1, BUSY);
            clock.advance(Duration.ofSeconds(2));
        }
        assertEquals(AccountState.COOLING, status(ring, 1).state());
        clock.advance(Duration.ofSeconds(-30));
        assertEquals(
                AccountState.COOLING, status(ring, 1).state(), "a clock that is adjusted a little changes nothing");
        clock.advance(Duration.ofDays(-1));
        assertEquals("account_1", next(ring), "one request may decide again");
    }

    @Test
    void a_clock_that_is_set_back_by_a_day_does_not_keep_the_way_out_shut() throws Exception {
        var ring = ring(4);
        for (int num = 1; num <= 3; num++) {
            fail(ring, num, CHALLENGE);
        }
        assertEquals(Reason.ALL_CHALLENGED, noAccount(ring).why());
        clock.advance(Duration.ofDays(-1));
        next(ring);
    }

    @Test
    void the_success_of_a_request_that_began_before_the_rest_does_not_end_it() throws Exception {
        var ring = ring(1);
        Lease before = now(ring).orElseThrow();
        fail(ring, 1, Failure.rateLimited(Duration.ofHours(10), "daily limit"));

        before.succeeded();
        before.close();

        assertEquals(AccountState.LIMITED, status(ring, 1).state());
        assertEquals(1, status(ring, 1).failureCount());
        clock.advance(Duration.ofHours(10));
        try (Lease probe = now(ring).orElseThrow()) {
            probe.succeeded();
        }
        assertEquals(0, status(ring, 1).failureCount());
    }

    @Test
    void a_lesser_failure_of_an_older_request_shortens_no_rest() throws Exception {
        for (Failure lesser : List.of(BUSY, CHALLENGE, Failure.of(FailureKind.EXPIRED, "Unauthorized"))) {
            var ring = ring(1);
            Lease before = now(ring).orElseThrow();
            fail(ring, 1, Failure.rateLimited(Duration.ofHours(10), "daily limit"));
            var rest = status(ring, 1).retryAt();

            before.failed(lesser);
            before.close();

            assertEquals(AccountState.LIMITED, status(ring, 1).state(), lesser.toString());
            assertEquals(rest, status(ring, 1).retryAt(), lesser.toString());
        }
    }

    @Test
    void a_longer_rest_takes_the_place_of_a_shorter_one_whoever_met_it() throws Exception {
        var ring = ring(1);
        Lease before = now(ring).orElseThrow();
        fail(ring, 1, CHALLENGE);
        before.failed(Failure.rateLimited(Duration.ofHours(10), "daily limit"));
        before.close();
        assertEquals(AccountState.LIMITED, status(ring, 1).state());
        assertEquals(
                Optional.of(clock.instant().plus(Duration.ofHours(10))),
                status(ring, 1).retryAt());
    }

    @Test
    void the_success_of_a_request_that_began_before_the_way_out_was_shut_does_not_open_it() throws Exception {
        var ring = ring(4);
        Lease before = now(ring).orElseThrow();
        for (int num = 2; num <= 4; num++) {
            fail(ring, num, CHALLENGE);
        }
        before.succeeded();
        before.close();
        assertEquals(Reason.ALL_CHALLENGED, noAccount(ring).why());
    }

    @Test
    void a_crowd_that_meets_one_limit_does_not_make_the_rest_longer() throws Exception {
        var ring = ring(1);
        var crowd = new ArrayList<Lease>();
        for (int i = 0; i < 6; i++) {
            crowd.add(now(ring).orElseThrow());
        }
        for (Lease lease : crowd) {
            lease.failed(Failure.rateLimited(Duration.ZERO, "too many requests"));
            lease.close();
        }
        assertEquals(
                Optional.of(clock.instant().plus(Duration.ofMinutes(5))),
                status(ring, 1).retryAt());
    }

    @Test
    void a_user_who_moves_to_another_number_takes_health_and_requests_along() throws Exception {
        var ring = ring(3);
        fail(ring, 2, Failure.rateLimited(Duration.ofHours(1), "daily limit"));
        Lease running = now(ring, 1, 2).orElseThrow();

        ring.replace(List.of(
                TestAccounts.account(1, "user-2", clock.instant().plusSeconds(60)),
                TestAccounts.account(2, "user-3", clock.instant().plusSeconds(60))));

        assertEquals(AccountState.LIMITED, status(ring, 1).state());
        assertEquals(AccountState.ACTIVE, status(ring, 2).state());
        assertEquals(1, status(ring, 2).inFlight());
        running.close();
        assertEquals(0, status(ring, 2).inFlight());
    }

    @Test
    void a_clock_that_is_set_back_by_less_than_a_minute_does_not_lengthen_the_gap_between_starts() throws Exception {
        var seconds = new TestRing(1, new RingLimits(8, Duration.ofSeconds(1)));
        seconds.lease(1, RequestKind.CHAT).orElseThrow().close();
        assertFalse(seconds.has(1, RequestKind.CHAT));
        seconds.clock.advance(Duration.ofSeconds(-40));
        assertTrue(seconds.has(1, RequestKind.CHAT));
    }
}
