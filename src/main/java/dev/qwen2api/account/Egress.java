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
    private int epoch;

    Egress(RestPolicy policy) {
        this.policy = policy;
    }

    boolean rested(Instant now) {
        return pause == null || pause.isOver(now);
    }

    /** A way out that begins anew under other rules. */
    Egress under(RestPolicy next) {
        var anew = new Egress(next);
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
        if (pause == null || since >= epoch) {
            reset();
        }
    }

    void reset() {
        challengesInARow = 0;
        rests = 0;
        pause = null;
    }

    void challenged(Instant now) {
        challengesInARow++;
        if (challengesInARow >= policy.challengesToCoolEgress()) {
            Duration time = policy.doubled(policy.challengeRest(), ++rests);
            pause = new Pause(now, now.plus(time));
            epoch++;
        }
    }

    /** When sending goes on; {@code now} while it does. */
    Instant opensAt(Instant now) {
        return pause == null || rested(now) ? now : pause.until();
    }
}
