package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;

/**
 * Sets the headers that say when a refused request may be sent again. OpenAI's SDKs sleep for as long as
 * {@code Retry-After} says, and some agents do so without a word to their user: so it announces short waits alone.
 * The message has every wait.
 */
final class RetryAdvice {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private RetryAdvice() {}

    /**
     * @param longWaits whether the dialect announces the wait for a limit whatever its length
     */
    static void headers(Problem problem, boolean longWaits, HttpServletResponse response) {
        boolean needsOwner =
                problem.kind() == ProblemKind.VERIFICATION_REQUIRED || problem.kind() == ProblemKind.SESSION_EXPIRED;
        boolean isLong =
                problem.retryAfter().filter(wait -> wait.compareTo(LONGEST) > 0).isPresent();
        if (needsOwner || isLong) {
            response.setHeader("X-Should-Retry", "false");
        }
        boolean announced = !isLong || longWaits && problem.kind() == ProblemKind.RATE_LIMITED;
        if (announced && !needsOwner) {
            problem.retryAfter().ifPresent(wait -> response.setHeader("Retry-After", Long.toString(seconds(wait))));
        }
    }

    /** Rounded up: a client that comes a moment too early is refused again. */
    static long seconds(Duration wait) {
        return Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
    }
}
