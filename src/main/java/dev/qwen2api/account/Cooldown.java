package dev.qwen2api.account;

import java.time.Duration;
import java.time.Instant;

/**
 * A time in which something rests. A clock that is set back behind its beginning ends it: it would otherwise last longer by as
 * much as the clock was wrong, a day for instance, and nobody can tell what is left of it.
 *
 * @param begun when the owner's clock was first asked
 * @param until its end, which does not belong to it
 */
public record Cooldown(Instant begun, Instant until) {

    /** Clocks are adjusted all the time, by a little. */
    private static final Duration ADJUSTMENT = Duration.ofMinutes(1);

    /** Whether nothing rests any more at {@code now}. */
    public boolean isOver(Instant now) {
        return !now.isBefore(until) || now.isBefore(begun.minus(ADJUSTMENT));
    }
}
