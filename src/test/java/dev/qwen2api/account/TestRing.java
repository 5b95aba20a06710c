package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.RequestKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A ring of numbered accounts under a clock that only the test moves. */
final class TestRing {

    static final Duration COOLDOWN = Duration.ofMinutes(5);

    final MovableClock clock = new MovableClock();
    final MemoryHealth health = new MemoryHealth();
    final AccountRing ring;

    TestRing(int accounts) {
        this(accounts, new RingLimits(8, Duration.ZERO));
    }

    TestRing(int accounts, RingLimits limits) {
        ring = new AccountRing(
                clock,
                () -> clock.instant().toEpochMilli() * 1_000_000,
                CooldownPolicy.of(3, COOLDOWN),
                limits,
                health);
        ring.replace(IntStream.rangeClosed(1, accounts)
                .mapToObj(TestAccounts::account)
                .toList());
    }

    /** A place in the queue of a request that may have that one account alone. */
    PendingLease placeFor(int num, RequestKind kind, RequestKind... also) {
        var request = new LeaseRequest(kind, EnumSet.of(kind, also));
        ring.statuses().stream()
                .map(status -> status.account().id())
                .filter(id -> id.num() != num)
                .forEach(request.excluded()::add);
        return ring.enqueue(request);
    }

    /** A lease of that account; empty where it is busy. */
    Optional<Lease> lease(int num, RequestKind kind, RequestKind... also) throws Exception {
        try (PendingLease place = placeFor(num, kind, also)) {
            return place.await(Duration.ZERO);
        }
    }

    /** Whether a request of that kind would be given that account now. */
    boolean has(int num, RequestKind kind, RequestKind... also) throws Exception {
        try {
            Optional<Lease> lease = lease(num, kind, also);
            lease.ifPresent(Lease::close);
            return lease.isPresent();
        } catch (NoAccountException unavailable) {
            return false;
        }
    }

    void fail(int num, RequestKind kind, Failure failure) throws Exception {
        try (Lease lease = lease(num, kind).orElseThrow()) {
            lease.failed(failure);
        }
    }

    void fail(int num, Failure failure) throws Exception {
        fail(num, RequestKind.CHAT, failure);
    }

    void succeed(int num, RequestKind kind) throws Exception {
        try (Lease lease = lease(num, kind).orElseThrow()) {
            lease.succeeded();
        }
    }

    AccountStatus status(int num) {
        return ring.statuses().stream()
                .filter(status -> status.account().id().num() == num)
                .findFirst()
                .orElseThrow();
    }

    /** How long that account is out for that kind; zero where it is not. */
    Duration out(int num, RequestKind kind) {
        var status = status(num);
        Optional<Duration> ofKind = Optional.ofNullable(status.cooldowns().get(kind))
                .map(cooldown -> Duration.between(clock.instant(), cooldown.until()));
        return ofKind.orElse(Duration.ZERO);
    }

    static Set<RequestKind> kinds(RequestKind... kinds) {
        return EnumSet.copyOf(Arrays.asList(kinds));
    }
}
