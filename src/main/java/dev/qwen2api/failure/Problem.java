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

    public ProblemException toException() {
        return new ProblemException(this);
    }
}
