package dev.qwen2api.account;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The way out to the upstream that all accounts share. The service judges an address as well as an account: several human
 * checks in a row mean that sending on makes it worse, so everything rests for a while (a circuit breaker). Guarded by the
 * ring's lock.
 */
final class CircuitBreaker {

    private final CooldownPolicy policy;
    private int challengesInARow;
    private int rests;
    private @Nullable Cooldown cooldown;
    private int epoch;

    CircuitBreaker(CooldownPolicy policy) {
        this.policy = policy;
    }

    boolean rested(Instant now) {
        return cooldown == null || cooldown.isOver(now);
    }

    /** A way out that begins anew under other rules. */
    CircuitBreaker under(CooldownPolicy next) {
        var anew = new CircuitBreaker(next);
        anew.epoch = epoch;
        return anew;
    }

    /** How many pauses have begun. */
    int epoch() {
        return epoch;
    }

    /**
     * A request was let through, which says nothing where a pause has begun since.
     *
     * @param since the epoch when it began
     */
    void passed(int since) {
        if (cooldown == null || since >= epoch) {
            reset();
        }
    }

    void reset() {
        challengesInARow = 0;
        rests = 0;
        cooldown = null;
    }

    void challenged(Instant now) {
        challengesInARow++;
        if (challengesInARow >= policy.challengesToCoolEgress()) {
            Duration time = policy.doubled(policy.challengeRest(), ++rests);
            cooldown = new Cooldown(now, now.plus(time));
            epoch++;
        }
    }

    /** When sending goes on; {@code now} while it does. */
    Instant opensAt(Instant now) {
        return cooldown == null || rested(now) ? now : cooldown.until();
    }
}
