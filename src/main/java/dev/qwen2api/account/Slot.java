package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The place of one account in the ring, with everything that changes about it. Guarded by the ring's lock. */
final class Slot {

    private Account account;
    private Health health;
    private int inFlight;
    private @Nullable Instant lastStart;

    Slot(Account account, Health health) {
        this.account = account;
        this.health = health;
    }

    Account account() {
        return account;
    }

    /** Puts another session of the same user in; a fresh token, or one that can be renewed now, ends a rest that came of a dead one. */
    void renew(Account renewed) {
        Credential before = account.credential();
        Credential after = renewed.credential();
        boolean fresh = !after.token().equals(before.token()) || after.isRenewable() && !before.isRenewable();
        account = renewed;
        if (fresh) {
            health.sessionRenewed();
        }
    }

    /** Whether it was never asked since it is in the ring, so that nothing newer is known than what was kept. */
    boolean isUntried() {
        return lastStart == null;
    }

    void resume(Health kept) {
        health = kept;
    }

    void obey(RestPolicy policy, Instant now) {
        health = health.under(policy, now);
    }

    HealthStore.Snapshot snapshot() {
        return health.snapshot();
    }

    /** Whether it is in the ring: only limits of load may keep a request from it. A session that can be renewed is alive. */
    boolean available(Instant now) {
        return !account.credential().isDeadAt(now) && health.rested(now);
    }

    boolean free(Instant now, RingLimits limits) {
        boolean room = limits.maxConcurrent() == 0 || inFlight < limits.maxConcurrent();
        boolean deciding = health.onProbation() && inFlight > 0;
        return room && !deciding && !opensAt(now, limits).isAfter(now);
    }

    /** When the pause after its latest start is over; {@code now} when it is. */
    Instant opensAt(Instant now, RingLimits limits) {
        Duration gap = limits.minGap();
        if (lastStart == null || gap.isZero()) {
            return now;
        }
        var pause = new Pause(lastStart, lastStart.plus(gap));
        return pause.isOver(now) ? now : pause.until();
    }

    void start(Instant now) {
        inFlight++;
        lastStart = now;
    }

    void end() {
        inFlight--;
    }

    int epoch() {
        return health.epoch();
    }

    void succeeded(int since) {
        health.succeeded(since);
    }

    void failed(Failure failure, Instant now, int since) {
        health.failed(failure, now, since);
    }

    void reset() {
        health.reset();
    }

    AccountStatus status(Instant now) {
        boolean ended = account.credential().isDeadAt(now);
        return new AccountStatus(
                account,
                health.state(now, ended),
                reason(now, ended),
                health.failureCount(),
                Optional.ofNullable(lastStart),
                ended ? Optional.empty() : health.retryAt(now),
                inFlight);
    }

    private Optional<String> reason(Instant now, boolean ended) {
        boolean restsForAnotherReason = ended && health.state(now, false) != AccountState.EXPIRED;
        return (restsForAnotherReason ? Optional.<String>empty() : health.reason(now))
                .or(() -> Expiry.warning(account.credential(), now));
    }
}
