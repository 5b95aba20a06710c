package dev.qwen2api.chat;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.NoAccountException;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a client sees of a failure: the third of the three tables about failures. */
final class FailureMapper {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration CHALLENGE_PAUSE = Duration.ofSeconds(30);

    private FailureMapper() {}

    /** A failure that one account met. */
    record Met(AccountId account, Failure failure) {}

    static Problem of(Met met) {
        String what = met.account() + ": " + met.failure().toAsker();
        return switch (met.failure().kind()) {
            case RATE_LIMITED, QUOTA_EXHAUSTED ->
                Problem.retryable(
                        ProblemKind.RATE_LIMITED,
                        what + ". Wait, or add another account.",
                        atLeast(met.failure().retryAfter(), SOON));
            case EXPIRED ->
                Problem.of(
                        ProblemKind.SESSION_EXPIRED,
                        what + ". Copy a fresh cookie from the browser into QWEN_COOKIES.");
            case FORBIDDEN ->
                Problem.of(
                        ProblemKind.UPSTREAM_ERROR,
                        what + ". Sign in with the browser to see why the account is refused.");
            case CHALLENGED ->
                Problem.retryable(
                        ProblemKind.VERIFICATION_REQUIRED,
                        what
                                + ". Open https://chat.qwen.ai in the browser from the same network, pass the check, and copy the"
                                + " cookie again.",
                        atLeast(met.failure().retryAfter(), CHALLENGE_PAUSE));
            case MODERATED -> Problem.of(ProblemKind.CONTENT_FILTER, what + ". Change the prompt.");
            case MODEL_GONE -> Problem.of(ProblemKind.MODEL_NOT_FOUND, what + ". Choose another from /v1/models.");
            case TOO_LONG -> Problem.of(ProblemKind.CONTEXT_LENGTH_EXCEEDED, what + ". Shorten the conversation.");
            case BAD_INPUT -> Problem.of(ProblemKind.INVALID_REQUEST, what);
            case SILENT -> Problem.of(ProblemKind.UPSTREAM_TIMEOUT, what + ". Try again.");
            case BUSY, PARALLEL_LIMITED, UNKNOWN, TRUNCATED, EMPTY, BROKEN, UNREACHABLE, UNFIT ->
                Problem.of(ProblemKind.UPSTREAM_ERROR, what + ". Try again.");
        };
    }

    /** After every account failed: the failure that passes soonest speaks for all, whatever their order. */
    static Problem of(List<Met> all) {
        return of(all.stream()
                .min(Comparator.comparing((Met met) -> hope(met.failure()))
                        .thenComparing(met -> met.failure().retryAfter()))
                .orElseThrow());
    }

    private static int hope(Failure failure) {
        return switch (failure.kind()) {
            case BUSY, PARALLEL_LIMITED, UNKNOWN, TRUNCATED, EMPTY, BROKEN, UNREACHABLE, UNFIT -> 0;
            case SILENT -> 1;
            case CHALLENGED -> 2;
            case RATE_LIMITED, QUOTA_EXHAUSTED -> 3;
            case EXPIRED -> 4;
            case FORBIDDEN, MODERATED, MODEL_GONE, TOO_LONG, BAD_INPUT -> 5;
        };
    }

    static Problem of(NoAccountException absence) {
        return switch (absence.why()) {
            case NONE_CONFIGURED ->
                Problem.of(
                        ProblemKind.NO_ACCOUNT,
                        "No Qwen account is configured. Put the cookie of a signed-in browser into QWEN_COOKIES in .env, or"
                                + " POST it to /api/addAccount.");
            case ALL_EXPIRED ->
                Problem.of(ProblemKind.SESSION_EXPIRED, "Every session has expired: " + absence.getMessage() + ".");
            case ALL_CHALLENGED ->
                Problem.retryable(
                        ProblemKind.VERIFICATION_REQUIRED,
                        "The service asks for a human check: " + absence.getMessage()
                                + ". Open https://chat.qwen.ai in the" + " browser from the same network and pass it.",
                        waiting(absence.retryAfter(), CHALLENGE_PAUSE));
            case ALL_TRIED, ALL_RESTING ->
                Problem.retryable(
                        ProblemKind.RATE_LIMITED,
                        "Every account is limited or cooling: " + absence.getMessage() + ".",
                        waiting(absence.retryAfter(), SOON));
        };
    }

    /** Nobody was free in time. */
    static Problem queueFull(Duration waited) {
        return Problem.retryable(
                ProblemKind.RATE_LIMITED,
                "Every account was busy for " + waited.toSeconds()
                        + " s. Send fewer requests at once, add an account, or raise" + " ACCOUNT_MAX_CONCURRENT.",
                SOON);
    }

    private static Duration waiting(Optional<Duration> known, Duration least) {
        return atLeast(known.orElse(least), Duration.ofSeconds(1));
    }

    private static Duration atLeast(Duration wait, Duration least) {
        return wait.compareTo(least) < 0 ? least : wait;
    }
}
