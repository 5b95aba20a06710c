package dev.qwen2api.account;

import dev.qwen2api.account.HealthStore.Snapshot;
import dev.qwen2api.account.HealthStore.StoredCooldown;
import dev.qwen2api.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The health of one account: a small state machine of being in the ring, resting, and being tried out after a rest, when a
 * single request decides. Guarded by the ring's lock.
 */
final class AccountHealth {

    private final CooldownPolicy policy;
    private int failureCount;
    private int restsInARow;
    private @Nullable StoredCooldown storedCooldown;
    private Instant restBegun;
    private int epoch;

    /** Health as it was kept. A rest that would last longer than any rest does, as after a jump of the clock, is cut short. */
    AccountHealth(CooldownPolicy policy, Snapshot kept, Instant now) {
        this.policy = policy;
        this.failureCount = kept.failureCount();
        this.restsInARow = kept.restsInARow();
        this.restBegun = now;
        Instant latest = now.plus(CooldownPolicy.LONGEST_LIMIT);
        this.storedCooldown = kept.rest()
                .map(old -> old.until().isAfter(latest) ? new StoredCooldown(old.state(), latest, old.reason()) : old)
                .orElse(null);
    }

    /** The same state under other rules; a rest that has begun keeps its end. */
    AccountHealth under(CooldownPolicy next, Instant now) {
        var same = new AccountHealth(next, snapshot(), now);
        same.restBegun = restBegun;
        same.epoch = epoch;
        return same;
    }

    Snapshot snapshot() {
        return new Snapshot(failureCount, restsInARow, Optional.ofNullable(storedCooldown));
    }

    /** Whether the account may be used at all at {@code now}. */
    boolean rested(Instant now) {
        return storedCooldown == null || new Cooldown(restBegun, storedCooldown.until()).isOver(now);
    }

    /** Whether the next request decides: its rest is over, but it has not yet shown that it works. */
    boolean onProbation() {
        return storedCooldown != null;
    }

    /** How many rests have begun; a request remembers it, so that its end is told from news of the present rest. */
    int epoch() {
        return epoch;
    }

    /** Whether a request that began in {@code since} says nothing about how the account is since its rest began. */
    private boolean isOutdated(int since) {
        return storedCooldown != null && since < epoch;
    }

    /**
     * A request succeeded.
     *
     * @param since the epoch when it began
     */
    void succeeded(int since) {
        if (!isOutdated(since)) {
            reset();
        }
    }

    /**
     * A request failed.
     *
     * @param since the epoch when it began
     */
    void failed(Failure failure, Instant now, int since) {
        switch (AccountPenalty.of(failure.kind())) {
            case NONE -> {}
            case COUNT -> count(failure, now, since);
            case LIMIT -> limit(failure, now, since);
            case EXPIRE ->
                bench(
                        AccountState.EXPIRED,
                        CooldownPolicy.EXPIRED_RECHECK,
                        now,
                        "its session has ended: " + failure.detail() + "; copy a fresh cookie from the browser");
            case DISABLE ->
                bench(
                        AccountState.DISABLED,
                        CooldownPolicy.DISABLED_RECHECK,
                        now,
                        "the service refuses it: " + failure.detail() + "; sign in with the browser to see why");
            case CHALLENGE -> {
                failureCount++;
                bench(
                        AccountState.CHALLENGED,
                        next(policy.challengeRest(), since),
                        now,
                        "the service asks for a human check: open https://chat.qwen.ai in the browser, pass it, and copy "
                                + "the cookie again");
            }
        }
    }

    /** A fresh token: what was wrong with the old session is over, a used-up quota is not. */
    void sessionRenewed() {
        boolean wasDead = storedCooldown != null
                && switch (storedCooldown.state()) {
                    case EXPIRED, CHALLENGED, DISABLED -> true;
                    case ACTIVE, COOLING, LIMITED -> false;
                };
        if (wasDead) {
            reset();
        }
    }

    /** Ends any rest now and forgets what led to it. */
    void reset() {
        failureCount = 0;
        restsInARow = 0;
        storedCooldown = null;
    }

    /** How long the next rest in a row is. What a crowd met together is one. */
    private Duration next(Duration first, int since) {
        if (!isOutdated(since)) {
            restsInARow++;
        }
        return policy.doubled(first, restsInARow);
    }

    private void count(Failure failure, Instant now, int since) {
        if (isOutdated(since)) {
            return;
        }
        failureCount++;
        if (failureCount >= policy.maxFailures() || onProbation()) {
            Duration time = next(policy.firstCooldown(), since);
            bench(
                    AccountState.COOLING,
                    time,
                    now,
                    failureCount + " failures in a row, the last one: " + failure.detail()
                            + "; it is tried again by itself");
        }
    }

    private void limit(Failure failure, Instant now, int since) {
        failureCount++;
        Duration asked = failure.retryAfter();
        Duration time = asked.isZero() ? next(policy.firstCooldown(), since) : asked;
        Duration believed = time.compareTo(CooldownPolicy.LONGEST_LIMIT) > 0 ? CooldownPolicy.LONGEST_LIMIT : time;
        bench(
                AccountState.LIMITED,
                believed,
                now,
                "its quota is used up: " + failure.detail() + "; it returns by itself");
    }

    /** Begins a rest, unless the present one lasts longer: a lesser trouble does not end a greater one. */
    private void bench(AccountState state, Duration time, Instant now, String reason) {
        Instant until = now.plus(time);
        boolean shortens =
                storedCooldown != null && !rested(now) && storedCooldown.until().isAfter(until);
        if (!shortens) {
            storedCooldown = new StoredCooldown(state, until, reason);
            restBegun = now;
            epoch++;
        }
    }

    int failureCount() {
        return failureCount;
    }

    /** The state at {@code now}, given whether the account's own token has ended. */
    AccountState state(Instant now, boolean tokenEnded) {
        if (tokenEnded) {
            return AccountState.EXPIRED;
        }
        return storedCooldown == null || rested(now) ? AccountState.ACTIVE : storedCooldown.state();
    }

    /** Why it rests, and what to do; empty while it does not rest. */
    Optional<String> reason(Instant now) {
        return storedCooldown == null || rested(now) ? Optional.empty() : Optional.of(storedCooldown.reason());
    }

    /** When it may be used again; empty while it may be. */
    Optional<Instant> retryAt(Instant now) {
        return storedCooldown == null || rested(now) ? Optional.empty() : Optional.of(storedCooldown.until());
    }
}
