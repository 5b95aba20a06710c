package dev.qwen2api.account;

import dev.qwen2api.account.HealthStore.Rest;
import dev.qwen2api.account.HealthStore.Snapshot;
import dev.qwen2api.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The health of one account: a small state machine of being in the ring, resting, and being tried out after a rest, when a
 * single request decides. Guarded by the ring's lock.
 */
final class Health {

    private final RestPolicy policy;
    private int failureCount;
    private int restsInARow;
    private @Nullable Rest rest;
    private Instant restBegun;

    /** Health as it was kept. A rest that would last longer than any rest does, as after a jump of the clock, is cut short. */
    Health(RestPolicy policy, Snapshot kept, Instant now) {
        this.policy = policy;
        this.failureCount = kept.failureCount();
        this.restsInARow = kept.restsInARow();
        this.restBegun = now;
        Instant latest = now.plus(RestPolicy.LONGEST_LIMIT);
        this.rest = kept.rest()
                .map(old -> old.until().isAfter(latest) ? new Rest(old.state(), latest, old.reason()) : old)
                .orElse(null);
    }

    /** The same state under other rules; a rest that has begun keeps its end. */
    Health under(RestPolicy next, Instant now) {
        var same = new Health(next, snapshot(), now);
        same.restBegun = restBegun;
        return same;
    }

    Snapshot snapshot() {
        return new Snapshot(failureCount, restsInARow, Optional.ofNullable(rest));
    }

    /** Whether the account may be used at all at {@code now}. */
    boolean rested(Instant now) {
        return rest == null || new Pause(restBegun, rest.until()).isOver(now);
    }

    /** Whether the next request decides: its rest is over, but it has not yet shown that it works. */
    boolean onProbation() {
        return rest != null;
    }

    void succeeded() {
        failureCount = 0;
        restsInARow = 0;
        rest = null;
    }

    void failed(Failure failure, Instant now) {
        switch (Blame.of(failure.kind())) {
            case NONE -> {}
            case COUNT -> count(failure, now);
            case LIMIT -> limit(failure, now);
            case EXPIRE ->
                bench(
                        AccountState.EXPIRED,
                        RestPolicy.EXPIRED_RECHECK,
                        now,
                        "its session has ended: " + failure.detail() + "; copy a fresh cookie from the browser");
            case DISABLE ->
                bench(
                        AccountState.DISABLED,
                        RestPolicy.DISABLED_RECHECK,
                        now,
                        "the service refuses it: " + failure.detail() + "; sign in with the browser to see why");
            case CHALLENGE -> {
                failureCount++;
                bench(
                        AccountState.CHALLENGED,
                        policy.doubled(policy.challengeRest(), ++restsInARow),
                        now,
                        "the service asks for a human check: open https://chat.qwen.ai in the browser, pass it, and copy "
                                + "the cookie again");
            }
        }
    }

    /** A fresh token: what was wrong with the old session is over, a used-up quota is not. */
    void sessionRenewed() {
        boolean wasDead = rest != null
                && switch (rest.state()) {
                    case EXPIRED, CHALLENGED, DISABLED -> true;
                    case ACTIVE, COOLING, LIMITED -> false;
                };
        if (wasDead) {
            reset();
        }
    }

    /** Ends any rest now and forgets what led to it. */
    void reset() {
        succeeded();
    }

    private void count(Failure failure, Instant now) {
        failureCount++;
        if (failureCount >= policy.maxFailures() || onProbation()) {
            Duration time = policy.doubled(policy.firstCooldown(), ++restsInARow);
            bench(
                    AccountState.COOLING,
                    time,
                    now,
                    failureCount + " failures in a row, the last one: " + failure.detail()
                            + "; it is tried again by itself");
        }
    }

    private void limit(Failure failure, Instant now) {
        failureCount++;
        Duration asked = failure.retryAfter();
        Duration time = asked.isZero() ? policy.doubled(policy.firstCooldown(), ++restsInARow) : asked;
        Duration believed = time.compareTo(RestPolicy.LONGEST_LIMIT) > 0 ? RestPolicy.LONGEST_LIMIT : time;
        bench(
                AccountState.LIMITED,
                believed,
                now,
                "its quota is used up: " + failure.detail() + "; it returns by itself");
    }

    private void bench(AccountState state, Duration time, Instant now, String reason) {
        Instant until = now.plus(time);
        boolean shortens = rest != null && rest.state() == state && rest.until().isAfter(until);
        if (!shortens) {
            rest = new Rest(state, until, reason);
            restBegun = now;
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
        return rest == null || rested(now) ? AccountState.ACTIVE : rest.state();
    }

    /** Why it rests, and what to do; empty while it does not rest. */
    Optional<String> reason(Instant now) {
        return rest == null || rested(now) ? Optional.empty() : Optional.of(rest.reason());
    }

    /** When it may be used again; empty while it may be. */
    Optional<Instant> retryAt(Instant now) {
        return rest == null || rested(now) ? Optional.empty() : Optional.of(rest.until());
    }
}
