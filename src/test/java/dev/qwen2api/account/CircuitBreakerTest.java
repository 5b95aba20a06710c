package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.CircuitBreaker.State;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CircuitBreakerTest {

    private static final Failure CHALLENGE = Failure.of(FailureKind.CHALLENGED, "a human check");
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private State state(TestRing test) {
        return test.ring.breaker().state(test.clock.instant());
    }

    private Optional<Duration> pause(TestRing test) {
        return test.ring
                .breaker()
                .openUntil(test.clock.instant())
                .map(until -> Duration.between(test.clock.instant(), until));
    }

    @Test
    void one_challenge_is_one_event_however_many_requests_meet_it() throws Exception {
        var test = new TestRing(5, new RingLimits(0, Duration.ZERO));
        var crowd = new ArrayList<Lease>();
        for (int i = 0; i < 10; i++) {
            crowd.add(test.lease(1 + i % 5, RequestKind.CHAT).orElseThrow());
        }
        for (Lease lease : crowd) {
            lease.failed(CHALLENGE);
            lease.close();
        }
        assertEquals(State.CLOSED, state(test));
        assertEquals(1, test.ring.breaker().challenges());
    }

    @Test
    void it_opens_after_three_challenges_and_says_until_when() throws Exception {
        var test = new TestRing(4);
        for (int num = 1; num <= 3; num++) {
            test.fail(num, CHALLENGE);
        }
        assertEquals(State.OPEN, state(test));
        assertEquals(Optional.of(PAUSE), pause(test));
        test.clock.advance(PAUSE);
        assertEquals(State.HALF_OPEN, state(test));
        assertEquals(Optional.empty(), pause(test));
    }

    @Test
    void a_challenge_after_the_pause_opens_it_again_for_twice_as_long() throws Exception {
        var test = new TestRing(4);
        for (int num = 1; num <= 3; num++) {
            test.fail(num, CHALLENGE);
        }
        test.clock.advance(PAUSE);
        test.fail(4, CHALLENGE);
        assertEquals(Optional.of(PAUSE.multipliedBy(2)), pause(test));
    }

    @Test
    void requests_that_meet_the_challenge_that_opened_it_do_not_make_the_pause_longer() throws Exception {
        var test = new TestRing(4);
        var crowd = new ArrayList<Lease>();
        test.fail(1, CHALLENGE);
        test.fail(2, CHALLENGE);
        for (int i = 0; i < 8; i++) {
            crowd.add(test.lease(3 + i % 2, RequestKind.CHAT).orElseThrow());
        }
        for (Lease lease : crowd) {
            lease.failed(CHALLENGE);
            lease.close();
        }
        assertEquals(Optional.of(PAUSE), pause(test));
    }

    @Test
    void a_success_closes_it() throws Exception {
        var test = new TestRing(4);
        for (int num = 1; num <= 3; num++) {
            test.fail(num, CHALLENGE);
        }
        test.clock.advance(PAUSE);
        test.succeed(4, RequestKind.CHAT);
        assertEquals(State.CLOSED, state(test));
        assertEquals("half_open", State.HALF_OPEN.wire());
        assertTrue(test.has(4, RequestKind.CHAT));
    }
}
