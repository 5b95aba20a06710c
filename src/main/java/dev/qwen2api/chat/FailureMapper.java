package dev.qwen2api.chat;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.NoAccountException;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Maps the failures of a request to the problem that its client receives. Pure. */
final class FailureMapper {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration CHALLENGE_PAUSE = Duration.ofSeconds(30);

    private FailureMapper() {}

    /** A failure that one account met. */
    record Met(AccountId account, Failure failure) {}

    /**
     * After an account failed.
     *
     * @param untilReturn how long no account can serve such a request; zero where one can
     */
    static Problem of(Met met, Duration untilReturn) {
        FailureKind kind = met.failure().kind();
        String message = met.account() + ": " + met.failure().forClient() + kind.advice();
        return kind.leastWait().isZero()
                ? Problem.of(kind.problem(), message)
                : Problem.retryable(
                        kind.problem(), message, untilReturn.isZero() ? kind.leastWait() : waiting(untilReturn));
    }

    /** After several accounts failed: the failure that passes soonest speaks for all, in whatever order they came. */
    static Problem of(List<Met> all, Duration untilReturn) {
        return of(
                all.stream()
                        .min(Comparator.comparing(
                                        (Met met) -> met.failure().kind().cause())
                                .thenComparing(met -> met.failure().retryAfter())
                                .thenComparing(met -> met.failure().kind()))
                        .orElseThrow(),
                untilReturn);
    }

    static Problem of(NoAccountException unavailable) {
        return switch (unavailable.why()) {
            case NONE_CONFIGURED ->
                Problem.of(
                        ProblemKind.NO_ACCOUNT,
                        "No Qwen account is configured. Put the cookie of a signed-in browser into QWEN_COOKIES in .env,"
                                + " or POST it to /api/addAccount.");
            case ALL_EXPIRED ->
                Problem.of(ProblemKind.SESSION_EXPIRED, "Every session has expired: " + unavailable.getMessage() + ".");
            case ALL_CHALLENGED ->
                Problem.retryable(
                        ProblemKind.VERIFICATION_REQUIRED,
                        "The service asks for a human check: " + unavailable.getMessage()
                                + ". Open https://chat.qwen.ai in the" + " browser from the same network and pass it.",
                        waiting(unavailable.retryAfter(), CHALLENGE_PAUSE));
            case ALL_EXHAUSTED ->
                Problem.retryable(
                        ProblemKind.QUOTA_EXHAUSTED,
                        "The quota of every account is used up: " + unavailable.getMessage() + ".",
                        waiting(unavailable.retryAfter(), SOON));
            case ALL_TRIED, ALL_COOLING_DOWN ->
                Problem.retryable(
                        ProblemKind.RATE_LIMITED,
                        "Every account is limited or cooling down: " + unavailable.getMessage() + ".",
                        waiting(unavailable.retryAfter(), SOON));
        };
    }

    /** No account was free in time. */
    static Problem queueFull(Duration waited) {
        return Problem.retryable(
                ProblemKind.RATE_LIMITED,
                "Every account was busy for " + waited.toSeconds()
                        + " s. Send fewer requests at once, add an account, or raise" + " ACCOUNT_MAX_CONCURRENT.",
                SOON);
    }

    private static Duration waiting(Optional<Duration> known, Duration least) {
        return waiting(known.orElse(least));
    }

    private static Duration waiting(Duration known) {
        return Durations.longer(known, Duration.ofSeconds(1));
    }
}
