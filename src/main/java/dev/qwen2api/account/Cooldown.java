package dev.qwen2api.account;

import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A period in which an account gets no requests of one kind, or none at all.
 *
 * @param state what the owner sees meanwhile
 * @param cause the failure that began it
 * @param begun its beginning
 * @param until its end, exclusive
 * @param reason one sentence with the next step
 */
public record Cooldown(AccountState state, FailureKind cause, Instant begun, Instant until, String reason) {

    /** Clocks are adjusted all the time, by a little. */
    private static final Duration ADJUSTMENT = Duration.ofMinutes(1);

    public Cooldown {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(cause, "cause");
    }

    boolean isOver(Instant now) {
        return isOver(begun, until, now);
    }

    /**
     * Whether a time is over. A clock that is set back to before its beginning ends it too: it would otherwise last
     * longer by as much as the clock was wrong.
     */
    public static boolean isOver(Instant begun, Instant until, Instant now) {
        return !now.isBefore(until) || now.isBefore(begun.minus(ADJUSTMENT));
    }

    /** Whether the way to the service was at fault rather than the account. */
    boolean isOfConnection() {
        return cause.cause() == FailureKind.Cause.CONNECTION;
    }

    /** The same, ending at {@code end} where that is earlier. */
    Cooldown cutAt(Instant end) {
        return until.isAfter(end) ? new Cooldown(state, cause, begun, end, reason) : this;
    }
}
