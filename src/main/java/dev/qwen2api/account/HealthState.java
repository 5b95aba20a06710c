package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One state machine of an account's health: healthy, cooling down, or half-open, when a single trial request decides.
 * Immutable.
 *
 * @param failures consecutive failures
 * @param cooldowns cooldowns since the last success, for the doubling
 * @param cooldown the latest cooldown, until a request has succeeded since
 * @param epoch how many cooldowns have begun: a request that began in an earlier epoch proves nothing about the
 *     present one
 */
public record HealthState(int failures, int cooldowns, Optional<Cooldown> cooldown, int epoch) {

    public static final HealthState WELL = new HealthState(0, 0, Optional.empty(), 0);

    /** The account that could answer alone is tried again this soon after a fault of the connection. */
    private static final Duration LONGEST_ALONE = Duration.ofSeconds(10);

    /**
     * The running cooldown, with the end that is in force.
     *
     * @param alone whether no other account could answer
     */
    Optional<Cooldown> running(Instant now, boolean alone) {
        return cooldown.map(each ->
                        alone && each.isOfConnection() ? each.cutAt(each.begun().plus(LONGEST_ALONE)) : each)
                .filter(each -> !each.isOver(now));
    }

    /** Whether the next request decides, once the cooldown is over. */
    boolean isHalfOpen() {
        return cooldown.isPresent();
    }

    private boolean isOutdated(HealthState since) {
        return isHalfOpen() && since.epoch < epoch;
    }

    /** After a request that began in {@code since} and succeeded. */
    HealthState succeeded(HealthState since) {
        return isOutdated(since) ? this : reset();
    }

    /** Without a cooldown and what led to it. */
    HealthState reset() {
        return transitionTo(0, 0, Optional.empty());
    }

    /**
     * As found in the store at {@code now}: an end further away than any limit lasts comes of a clock that was wrong.
     */
    HealthState resumed(Instant now) {
        return transitionTo(
                failures, cooldowns, cooldown.map(each -> each.cutAt(now.plus(CooldownPolicy.LONGEST_LIMIT))));
    }

    /** After a fresh session took the place of the one that failed; a limit belongs to the user and stays. */
    HealthState sessionRenewed() {
        boolean ended = cooldown.filter(each -> switch (each.cause().cause()) {
                    case SESSION, CHALLENGE, ACCOUNT -> true;
                    case LIMIT, SERVICE, CONNECTION, REQUEST -> false;
                })
                .isPresent();
        return ended ? reset() : this;
    }

    /** After a request that began in {@code since} and failed. */
    HealthState failed(Failure failure, CooldownPolicy policy, Instant now, HealthState since) {
        String detail = failure.detail();
        return switch (failure.kind().penalty()) {
            case NONE -> this;
            case COUNT -> counted(failure, policy, now, since);
            case PAUSE -> {
                Duration asked = failure.retryAfter();
                Duration pause =
                        CooldownPolicy.believed(asked.isZero() ? failure.kind().leastWait() : asked);
                yield coolDown(failure, AccountState.COOLING, pause, cooldowns, now, since, "it is busy: " + detail);
            }
            case LIMIT -> {
                boolean named = !failure.retryAfter().isZero();
                int inARow = named ? cooldowns : next(since);
                Duration time = named ? failure.retryAfter() : policy.doubled(policy.firstCooldown(), inARow);
                yield failedOnce()
                        .coolDown(
                                failure,
                                AccountState.LIMITED,
                                CooldownPolicy.believed(time),
                                inARow,
                                now,
                                since,
                                limitReason(failure) + "; it returns by itself");
            }
            case EXPIRE ->
                coolDown(
                        failure,
                        AccountState.EXPIRED,
                        CooldownPolicy.EXPIRED_RECHECK,
                        cooldowns,
                        now,
                        since,
                        "its session has ended: " + detail + "; copy a fresh cookie from the browser");
            case FORBID -> forbidden(failure, policy, now, since);
            case CHALLENGE -> {
                int inARow = next(since);
                yield failedOnce()
                        .coolDown(
                                failure,
                                AccountState.CHALLENGED,
                                policy.doubled(policy.challengeCooldown(), inARow),
                                inARow,
                                now,
                                since,
                                "the service asks for a human check: open https://chat.qwen.ai in the browser, pass"
                                        + " it, and copy the cookie again");
            }
        };
    }

    /** A limit of the pace is no used-up quota, and passes much sooner. */
    private static String limitReason(Failure failure) {
        String detail = failure.detail();
        boolean quota = failure.kind() == FailureKind.QUOTA_EXHAUSTED && !detail.startsWith("its quota");
        return quota ? "its quota is used up: " + detail : detail;
    }

    /** How many cooldowns in a row the next one makes. Concurrent requests that meet one fault make one cooldown. */
    private int next(HealthState since) {
        return isOutdated(since) ? cooldowns : cooldowns + 1;
    }

    private HealthState failedOnce() {
        return transitionTo(failures + 1, cooldowns, cooldown);
    }

    private HealthState counted(Failure failure, CooldownPolicy policy, Instant now, HealthState since) {
        if (isOutdated(since)) {
            return this;
        }
        HealthState counted = failedOnce();
        if (counted.failures < policy.maxFailures() && !isHalfOpen()) {
            return counted;
        }
        return counted.coolDown(
                failure,
                AccountState.COOLING,
                policy.doubled(policy.firstCooldown(), cooldowns + 1),
                cooldowns + 1,
                now,
                since,
                counted.failures + " failures in a row, the last one: " + failure.detail()
                        + "; it is tried again by itself");
    }

    private HealthState forbidden(Failure failure, CooldownPolicy policy, Instant now, HealthState since) {
        if (isOutdated(since)) {
            return this;
        }
        boolean repeated =
                cooldown.filter(each -> each.cause() == FailureKind.FORBIDDEN).isPresent();
        return failedOnce()
                .coolDown(
                        failure,
                        repeated ? AccountState.DISABLED : AccountState.COOLING,
                        repeated ? CooldownPolicy.DISABLED_RECHECK : policy.firstCooldown(),
                        cooldowns,
                        now,
                        since,
                        "the service refuses it: " + failure.detail() + "; sign in with the browser to see why");
    }

    /**
     * Begins a cooldown, unless the running one lasts longer. One that was cut short for a lone account is replaced.
     */
    private HealthState coolDown(
            Failure failure,
            AccountState state,
            Duration time,
            int inARow,
            Instant now,
            HealthState since,
            String reason) {
        Instant until = now.plus(time);
        boolean longerRuns = running(now, false)
                .filter(each -> each.until().isAfter(until))
                .filter(each -> !each.isOfConnection() || isOutdated(since))
                .isPresent();
        Optional<Cooldown> fresh =
                longerRuns ? cooldown : Optional.of(new Cooldown(state, failure.kind(), now, until, reason));
        return transitionTo(failures, inARow, fresh);
    }

    /** The one way from state to state: another cooldown begins another epoch. */
    private HealthState transitionTo(int nextFailures, int nextCooldowns, Optional<Cooldown> next) {
        boolean same = next.equals(cooldown);
        if (same && nextFailures == failures && nextCooldowns == cooldowns) {
            return this;
        }
        boolean begins = next.isPresent() && !same;
        return new HealthState(nextFailures, nextCooldowns, next, begins ? epoch + 1 : epoch);
    }
}
