package dev.qwen2api.account;

import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Thrown when no account can be leased and waiting would not change that. The message names the accounts and the
 * reasons.
 */
public final class NoAccountException extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int NAMED_AT_MOST = 5;

    /** What keeps the accounts away. */
    public enum Reason {
        /** The owner has configured none. */
        NONE_CONFIGURED,
        /** Every account has been tried by this request. */
        ALL_TRIED,
        /** Every session is dead. */
        ALL_EXPIRED,
        /** The service asks for human checks. */
        ALL_CHALLENGED,
        /** The quotas of all accounts for this kind of request are spent. */
        ALL_EXHAUSTED,
        /** All are limited, cooling or out for mixed reasons. */
        ALL_COOLING_DOWN
    }

    private final Reason reason;
    private final transient Optional<Duration> retryAfter;
    private final transient Optional<Instant> breakerUntil;

    private NoAccountException(
            Reason reason, Optional<Duration> retryAfter, Optional<Instant> breakerUntil, String message) {
        super(message);
        this.reason = reason;
        this.retryAfter = retryAfter;
        this.breakerUntil = breakerUntil;
    }

    /**
     * Explains it from the states at one moment.
     *
     * @param all every account, as such requests find it
     * @param causes what keeps single accounts away
     * @param tried the accounts that the request has had
     * @param breakerUntil the end of the circuit breaker's pause; empty while it lets requests through
     */
    static NoAccountException of(
            List<AccountStatus> all,
            List<FailureKind> causes,
            Set<AccountId> tried,
            Optional<Instant> breakerUntil,
            Instant now) {
        Reason reason = reason(all, causes, tried, breakerUntil.isPresent());
        return new NoAccountException(reason, earliestReturn(all, breakerUntil, now), breakerUntil, describe(all));
    }

    private static Reason reason(
            List<AccountStatus> all, List<FailureKind> causes, Set<AccountId> tried, boolean breakerOpen) {
        if (all.isEmpty()) {
            return Reason.NONE_CONFIGURED;
        }
        if (breakerOpen || every(all, status -> status.state() == AccountState.CHALLENGED)) {
            return Reason.ALL_CHALLENGED;
        }
        if (every(all, status -> status.state() == AccountState.EXPIRED)) {
            return Reason.ALL_EXPIRED;
        }
        if (all.stream()
                .anyMatch(status ->
                        status.healthy() && tried.contains(status.account().id()))) {
            return Reason.ALL_TRIED;
        }
        boolean exhausted = every(all, status -> status.state() == AccountState.LIMITED)
                && causes.stream().allMatch(cause -> cause == FailureKind.QUOTA_EXHAUSTED);
        return exhausted ? Reason.ALL_EXHAUSTED : Reason.ALL_COOLING_DOWN;
    }

    private static boolean every(List<AccountStatus> all, Predicate<AccountStatus> test) {
        return all.stream().allMatch(test);
    }

    private static Optional<Duration> earliestReturn(
            List<AccountStatus> all, Optional<Instant> breakerUntil, Instant now) {
        Instant open = breakerUntil.orElse(now);
        Stream<Instant> returns =
                all.stream().flatMap(status -> status.retryAt().stream()).map(at -> at.isBefore(open) ? open : at);
        boolean anyHealthy = all.stream().anyMatch(AccountStatus::healthy);
        Stream<Instant> candidates = anyHealthy ? breakerUntil.stream() : returns;
        return candidates.min(Instant::compareTo).map(at -> Duration.between(now, at));
    }

    private static String describe(List<AccountStatus> all) {
        List<AccountStatus> out =
                all.stream().filter(status -> !status.healthy()).toList();
        String named = out.stream()
                .limit(NAMED_AT_MOST)
                .map(status -> status.account().id() + " is " + status.state().wire()
                        + status.reason().map(reason -> " (" + reason + ")").orElse(""))
                .collect(Collectors.joining("; "));
        int more = out.size() - NAMED_AT_MOST;
        return more > 0 ? named + "; and " + more + " more" : named;
    }

    public Reason why() {
        return reason;
    }

    /** The end of the circuit breaker's pause; empty while it lets requests through. */
    public Optional<Instant> breakerUntil() {
        return breakerUntil;
    }

    /** When the first account returns, where that is known. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
