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
    private @Nullable Pause pause;

    Egress(RestPolicy policy) {
        this.policy = policy;
    }

    boolean rested(Instant now) {
        return pause == null || pause.isOver(now);
    }

    void passed() {
        challengesInARow = 0;
        rests = 0;
        pause = null;
    }

    void challenged(Instant now) {
        challengesInARow++;
        if (challengesInARow >= policy.challengesToCoolEgress()) {
            Duration time = policy.doubled(policy.challengeRest(), ++rests);
            pause = new Pause(now, now.plus(time));
        }
    }

    /** When sending goes on; {@code now} while it does. */
    Instant opensAt(Instant now) {
        return pause == null || rested(now) ? now : pause.until();
    }
}
