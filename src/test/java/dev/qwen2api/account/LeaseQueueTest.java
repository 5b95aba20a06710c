package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order in which requests get accounts, and the share of each account. */
@Timeout(20)
class LeaseQueueTest {

    private static final Failure BUSY = Failure.of(FailureKind.BUSY, "overloaded");
    private static final RingLimits ONE_AT_A_TIME = new RingLimits(1, Duration.ZERO);

    @Test
    void a_request_keeps_its_place_in_the_queue_when_its_account_fails() throws Exception {
        var test = new TestRing(2, ONE_AT_A_TIME);
        PendingLease first = test.ring.enqueue(Optional.empty(), RequestKind.CHAT);
        Lease failing = first.await(Duration.ZERO).orElseThrow();
        Lease running = test.lease(2, RequestKind.CHAT).orElseThrow();
        var later = new ArrayList<PendingLease>();
        for (int i = 0; i < 14; i++) {
            later.add(test.placeFor(2, RequestKind.CHAT));
        }
        failing.failed(BUSY);
        failing.close();
        assertEquals(Optional.empty(), first.await(Duration.ZERO));

        running.close();

        Lease second = first.await(Duration.ZERO).orElseThrow();
        assertEquals(2, second.account().id().num());
        assertEquals(Optional.empty(), later.get(0).await(Duration.ZERO));
        second.close();
        assertTrue(later.get(0).await(Duration.ZERO).isPresent());
    }

    @Test
    void a_trial_counts_only_leases_that_were_taken_since_the_cooldown() throws Exception {
        var test = new TestRing(1);
        Lease stream = test.lease(1, RequestKind.CHAT).orElseThrow();
        test.fail(1, Failure.rateLimited(Duration.ofMinutes(1), "slow down"));
        test.clock.advance(Duration.ofMinutes(1));

        Lease trial = test.lease(1, RequestKind.CHAT).orElseThrow();
        assertEquals(Optional.empty(), test.lease(1, RequestKind.CHAT), "one trial at a time");

        trial.succeeded();
        trial.close();
        assertTrue(test.has(1, RequestKind.CHAT));
        stream.close();
    }

    @Test
    void a_trial_of_one_kind_of_request_holds_up_no_other_kind() throws Exception {
        var test = new TestRing(1);
        test.fail(1, RequestKind.VIDEO, Failure.rateLimited(Duration.ofMinutes(1), "slow down"));
        test.clock.advance(Duration.ofMinutes(1));
        Lease trial = test.lease(1, RequestKind.VIDEO).orElseThrow();
        assertFalse(test.has(1, RequestKind.VIDEO));
        assertTrue(test.has(1, RequestKind.CHAT));
        trial.close();
    }

    @Test
    void healthy_accounts_share_mixed_requests_evenly_while_two_others_flap() throws Exception {
        var test = new TestRing(7, new RingLimits(2, Duration.ZERO));
        var random = new Random(42);
        int[] answered = new int[8];
        var granted = new ArrayList<Integer>();
        var running = new ArrayDeque<Lease>();
        for (int request = 0; request < 1_000; request++) {
            test.clock.advance(Duration.ofSeconds(1));
            if (running.size() == 4) {
                end(running.removeFirst(), answered);
            }
            RequestKind kind = RequestKind.values()[random.nextInt(3)];
            try (PendingLease place = test.ring.enqueue(Optional.empty(), kind)) {
                Lease lease = place.await(Duration.ZERO).orElseThrow();
                while (flaps(lease, random)) {
                    lease.failed(BUSY);
                    lease.close();
                    lease = place.await(Duration.ZERO).orElseThrow();
                }
                running.add(lease);
                granted.add(request);
            }
        }
        running.forEach(lease -> end(lease, answered));
        int healthy = 0;
        for (int num = 1; num <= 5; num++) {
            healthy += answered[num];
        }
        for (int num = 1; num <= 5; num++) {
            assertEquals(healthy / 5.0, answered[num], healthy / 5.0 * 0.05, "account_" + num);
        }
        assertEquals(1_000, granted.size());
    }

    private static boolean flaps(Lease lease, Random random) {
        return lease.account().id().num() > 5 && random.nextInt(2) == 0;
    }

    private static void end(Lease lease, int[] answered) {
        answered[lease.account().id().num()]++;
        lease.succeeded();
        lease.close();
    }

    @Test
    void requests_that_wait_get_accounts_in_the_order_of_their_arrival() throws Exception {
        var test = new TestRing(7, ONE_AT_A_TIME);
        var running = new ArrayDeque<Lease>();
        var waiting = new ArrayDeque<PendingLease>();
        var random = new Random(7);
        for (int request = 0; request < 1_000; request++) {
            waiting.add(test.ring.enqueue(Optional.empty(), RequestKind.CHAT));
            while (running.size() > random.nextInt(8)) {
                Lease ended = running.removeFirst();
                ended.succeeded();
                ended.close();
            }
            boolean served = true;
            for (PendingLease place : List.copyOf(waiting)) {
                Optional<Lease> lease = place.await(Duration.ZERO);
                assertTrue(served || lease.isEmpty(), "a later request was served first");
                served = lease.isPresent();
                lease.ifPresent(each -> {
                    running.add(each);
                    waiting.remove(place);
                });
            }
        }
    }
}
