package dev.qwen2api.account;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The way out to the upstream that all accounts share. The service judges an address as well as an account: several human
 * checks in a row mean that sending on makes it worse, so everything rests for a while (a circuit breaker). Guarded by the
 * ring's lock.
 */
final class Egress {

    private final RestPolicy policy;
    private int challengesInARow;
    private int rests;
    private @Nullable Instant until;

    Egress(RestPolicy policy) {
        this.policy = policy;
    }

    boolean rested(Instant now) {
        return until == null || !now.isBefore(until);
    }

    void passed() {
        challengesInARow = 0;
        rests = 0;
        until = null;
    }

    void challenged(Instant now) {
        challengesInARow++;
        if (challengesInARow >= policy.challengesToCoolEgress()) {
            Duration time = policy.doubled(policy.challengeRest(), ++rests);
            until = now.plus(time);
        }
    }

    /** When sending goes on; {@code now} while it does. */
    Instant opensAt(Instant now) {
        return until == null || rested(now) ? now : until;
    }
}
