package dev.qwen2api.failure;

import java.time.Duration;
import java.util.Optional;

/**
 * An error as the client reads it; each dialect prints it in its own shape.
 *
 * @param kind decides the HTTP status and the machine-readable code
 * @param message what happened, to which account, and what to do next; holds no secret
 * @param param the request field at fault, where one is
 * @param retryAfter when trying again makes sense, where that is known
 */
public record Problem(ProblemKind kind, String message, Optional<String> param, Optional<Duration> retryAfter) {

    private static final Duration LONGEST_ANNOUNCED = Duration.ofSeconds(60);

    public static Problem of(ProblemKind kind, String message) {
        return new Problem(kind, message, Optional.empty(), Optional.empty());
    }

    public static Problem of(ProblemKind kind, String param, String message) {
        return new Problem(kind, message, Optional.of(param), Optional.empty());
    }

    /** A request that is wrong in the field {@code param}. */
    public static Problem invalid(String param, String message) {
        return of(ProblemKind.INVALID_REQUEST, param, message);
    }

    public static Problem retryable(ProblemKind kind, String message, Duration retryAfter) {
        return new Problem(kind, message, Optional.empty(), Optional.of(retryAfter));
    }

    /**
     * Whether the client shall not send the request again by itself: the wait is longer than a minute, or the owner has
     * to act first. Clients sleep for as long as they are told, some without a word to their user, so such a wait
     * stands in the message alone.
     */
    public boolean isLasting() {
        return kind.needsOwner()
                || retryAfter
                        .filter(wait -> wait.compareTo(LONGEST_ANNOUNCED) > 0)
                        .isPresent();
    }

    /** The wait that clients obey by themselves; empty where {@link #isLasting}, or where none is known. */
    public Optional<Duration> announcedWait() {
        return isLasting() ? Optional.empty() : retryAfter;
    }

    /** A wait in whole seconds, as {@code Retry-After} has it, rounded up: who comes too early is refused again. */
    public static long seconds(Duration wait) {
        return Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
    }

    public ProblemException toException() {
        return new ProblemException(this);
    }
}
