package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The place of one account in the ring, with everything that changes about it. Guarded by the ring's lock. */
final class PooledAccount {

    private Account account;
    private AccountHealth accountHealth;
    private int inFlight;
    private @Nullable Instant lastStart;

    PooledAccount(Account account, AccountHealth accountHealth) {
        this.account = account;
        this.accountHealth = accountHealth;
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
            accountHealth.sessionRenewed();
        }
    }

    /** Whether it was never asked since it is in the ring, so that nothing newer is known than what was kept. */
    boolean isUntried() {
        return lastStart == null;
    }

    void resume(AccountHealth kept) {
        accountHealth = kept;
    }

    void apply(CooldownPolicy policy, Instant now) {
        accountHealth = accountHealth.under(policy, now);
    }

    HealthStore.Snapshot snapshot() {
        return accountHealth.snapshot();
    }

    /** Whether it is in the ring: only limits of load may keep a request from it. A session that can be renewed is alive. */
    boolean available(Instant now) {
        return !account.credential().isDeadAt(now) && accountHealth.rested(now);
    }

    boolean free(Instant now, RingLimits limits) {
        boolean room = limits.maxConcurrent() == 0 || inFlight < limits.maxConcurrent();
        boolean deciding = accountHealth.onProbation() && inFlight > 0;
        return room && !deciding && !opensAt(now, limits).isAfter(now);
    }

    /** When the pause after its latest start is over; {@code now} when it is. */
    Instant opensAt(Instant now, RingLimits limits) {
        Duration gap = limits.minGap();
        if (lastStart == null || gap.isZero()) {
            return now;
        }
        var cooldown = new Cooldown(lastStart, lastStart.plus(gap));
        return cooldown.isOver(now) ? now : cooldown.until();
    }

    void start(Instant now) {
        inFlight++;
        lastStart = now;
    }

    void end() {
        inFlight--;
    }

    int epoch() {
        return accountHealth.epoch();
    }

    void succeeded(int since) {
        accountHealth.succeeded(since);
    }

    void failed(Failure failure, Instant now, int since) {
        accountHealth.failed(failure, now, since);
    }

    void reset() {
        accountHealth.reset();
    }

    AccountStatus status(Instant now) {
        boolean ended = account.credential().isDeadAt(now);
        return new AccountStatus(
                account,
                accountHealth.state(now, ended),
                reason(now, ended),
                accountHealth.failureCount(),
                Optional.ofNullable(lastStart),
                ended ? Optional.empty() : accountHealth.retryAt(now),
                inFlight);
    }

    private Optional<String> reason(Instant now, boolean ended) {
        boolean restsForAnotherReason = ended && accountHealth.state(now, false) != AccountState.EXPIRED;
        return (restsForAnotherReason ? Optional.<String>empty() : accountHealth.reason(now))
                .or(() -> SessionExpiry.warning(account.credential(), now));
    }
}
