package dev.qwen2api.account;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The warnings due before a session ends that cannot be renewed. Pure. */
public final class SessionExpiry {

    private static final Duration THREE_DAYS = Duration.ofDays(3);
    private static final Duration ONE_DAY = Duration.ofDays(1);
    private static final Duration IN_HOURS = Duration.ofDays(2);
    private static final Duration IN_MINUTES = Duration.ofHours(2);

    /** How near the end is; each is worth one warning. */
    enum Stage {
        FAR,
        THREE_DAYS,
        ONE_DAY,
        ENDED
    }

    private SessionExpiry() {}

    /** A session that can be renewed is never near its end, nor is one whose token does not say when it ends. */
    static Stage stage(Credential session, Instant now) {
        if (session.isRenewable() || session.expires().isEmpty()) {
            return Stage.FAR;
        }
        if (session.expiredAt(now)) {
            return Stage.ENDED;
        }
        Duration left = left(session, now);
        if (left.compareTo(ONE_DAY) <= 0) {
            return Stage.ONE_DAY;
        }
        return left.compareTo(THREE_DAYS) <= 0 ? Stage.THREE_DAYS : Stage.FAR;
    }

    /** One sentence with the next step; empty while the end is far. */
    static Optional<String> warning(Credential session, Instant now) {
        return switch (stage(session, now)) {
            case FAR -> Optional.empty();
            case THREE_DAYS, ONE_DAY ->
                Optional.of("its session ends in " + spelled(left(session, now))
                        + " and cannot be renewed: copy a fresh cookie from the browser");
            case ENDED -> Optional.of("expired: copy a fresh cookie from the browser");
        };
    }

    private static Duration left(Credential session, Instant now) {
        return Duration.between(now, session.expires().orElse(now));
    }

    /** A time in whole days, hours or minutes, whichever says enough. */
    public static String spelled(Duration left) {
        if (left.compareTo(IN_HOURS) >= 0) {
            return left.toDays() + " days";
        }
        return left.compareTo(IN_MINUTES) >= 0 ? left.toHours() + " hours" : left.toMinutes() + " minutes";
    }
}
