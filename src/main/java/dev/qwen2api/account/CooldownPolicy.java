package dev.qwen2api.account;

import java.time.Duration;

/**
 * The lengths of cooldowns and the failures that lead to them.
 *
 * @param maxFailures consecutive failures that take an account out, at least 1
 * @param firstCooldown the first time out; each further one doubles it
 * @param longestCooldown where the doubling ends
 * @param challengeCooldown the first time out after a human check was asked for; doubles too
 * @param challengesToOpen human checks in a row, whichever account met them, that open the circuit breaker
 */
public record CooldownPolicy(
        int maxFailures,
        Duration firstCooldown,
        Duration longestCooldown,
        Duration challengeCooldown,
        int challengesToOpen) {

    /** A quota is never believed to stay used up for longer than this. */
    static final Duration LONGEST_LIMIT = Duration.ofHours(24);

    /** When a session that the upstream called dead, though its token does not say so, is tried again. */
    static final Duration EXPIRED_RECHECK = Duration.ofHours(1);

    /** When a banned account is tried again. */
    static final Duration DISABLED_RECHECK = Duration.ofHours(24);

    /** The policy of the settings {@code ACCOUNT_MAX_FAILURES} and {@code ACCOUNT_COOLDOWN_SECONDS}. */
    public static CooldownPolicy of(int maxFailures, Duration firstCooldown) {
        Duration longest = Duration.ofHours(1);
        return new CooldownPolicy(
                maxFailures,
                firstCooldown,
                longest.compareTo(firstCooldown) < 0 ? firstCooldown : longest,
                Duration.ofSeconds(30),
                3);
    }

    /** As long as a limit is believed to last. */
    static Duration believed(Duration limit) {
        return limit.compareTo(LONGEST_LIMIT) > 0 ? LONGEST_LIMIT : limit;
    }

    /** The {@code n}-th rest in a row that begins with {@code first}, {@code n} from 1. */
    Duration doubled(Duration first, int n) {
        Duration rest = first;
        for (int i = 1; i < n && rest.compareTo(longestCooldown) < 0; i++) {
            rest = rest.multipliedBy(2);
        }
        return rest.compareTo(longestCooldown) > 0 ? longestCooldown : rest;
    }
}
