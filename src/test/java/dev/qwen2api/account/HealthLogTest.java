package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The lines that say when an account goes out of the ring and when it is back. */
@Timeout(30)
@ResourceLock(Resources.SYSTEM_ERR)
class HealthLogTest {

    private static final Instant NOON = Instant.parse("2025-10-03T12:00:00Z");

    private final MovableClock clock = new MovableClock(NOON, ZoneOffset.UTC);
    private final AccountRing ring = new AccountRing(
            clock,
            System::nanoTime,
            CooldownPolicy.of(3, Duration.ofMinutes(5)),
            new RingLimits(8, Duration.ZERO),
            new MemoryHealth());
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void start() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        ring.replace(List.of(TestAccounts.account(3, "user-3", NOON.plus(Duration.ofDays(7)))));
    }

    @AfterEach
    void stop() {
        System.setErr(before);
    }

    private List<String> lines() {
        return log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("[ACCOUNT]"))
                .map(line -> line.substring(line.indexOf("[ACCOUNT]")))
                .toList();
    }

    private Lease lease() throws Exception {
        try (PendingLease place = ring.enqueue(Optional.empty(), RequestKind.CHAT)) {
            return place.await(Duration.ofSeconds(5)).orElseThrow();
        }
    }

    @Test
    void an_account_goes_out_once_and_comes_back_once() throws Exception {
        Lease one = lease();
        Lease two = lease();
        Failure limit = Failure.of(FailureKind.QUOTA_EXHAUSTED, "daily limit").after(Duration.ofHours(4));
        one.failed(limit);
        two.failed(limit);
        one.close();
        two.close();
        clock.advance(Duration.ofHours(5));
        try (Lease trial = lease()) {
            trial.succeeded();
        }
        try (Lease next = lease()) {
            next.succeeded();
        }
        assertEquals(
                List.of(
                        "[ACCOUNT] account_3 is out for chat requests until 2025-10-03T16:00:00Z: its quota is used up:"
                                + " daily limit; it returns by itself (limited)",
                        "[ACCOUNT] account_3 is back for chat requests"),
                lines());
    }

    @Test
    void a_limit_of_the_pace_is_not_called_a_used_up_quota() throws Exception {
        try (Lease lease = lease()) {
            lease.failed(Failure.rateLimited(Duration.ofMinutes(1), "requests came too quickly (Too_Many_Requests)"));
        }
        assertEquals(
                List.of("[ACCOUNT] account_3 is out for chat requests until 2025-10-03T12:01:00Z: requests came too"
                        + " quickly (Too_Many_Requests); it returns by itself (limited)"),
                lines());
    }
}
