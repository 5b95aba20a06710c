package dev.qwen2api.failure;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * One failure of the upstream.
 *
 * @param kind decides what follows from it
 * @param detail what the upstream did, in one clause in our own words: fit for logs, and for the owner of the account
 * @param said the upstream's own words, where it found some: only for the client, whose prompt they may quote
 * @param retryAfter how long the upstream asked us to stay away; zero where it named no time
 * @param scope the kind of request that failed, where that is not the kind of the running request: the upload of a
 *     chat's document
 */
public record Failure(
        FailureKind kind, String detail, Optional<String> said, Duration retryAfter, Optional<RequestKind> scope) {

    public Failure {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(said, "said");
        if (retryAfter.isNegative()) {
            throw new IllegalArgumentException("negative retryAfter");
        }
    }

    /** A failure for which the upstream named no waiting time. */
    public static Failure of(FailureKind kind, String detail) {
        return new Failure(kind, detail, Optional.empty(), Duration.ZERO, Optional.empty());
    }

    /** A limit that ends after {@code retryAfter}. */
    public static Failure rateLimited(Duration retryAfter, String detail) {
        return of(FailureKind.RATE_LIMITED, detail).after(retryAfter);
    }

    /** The same failure of another kind of request than the running one. */
    public Failure in(RequestKind concerned) {
        return new Failure(kind, detail, said, retryAfter, Optional.of(concerned));
    }

    /** The same failure, with the upstream's own words; none where they are blank. */
    public Failure saying(String words) {
        return new Failure(kind, detail, Optional.of(words).filter(each -> !each.isBlank()), retryAfter, scope);
    }

    /** The same failure, with the time that the upstream asks for. */
    public Failure after(Duration wait) {
        return new Failure(kind, detail, said, wait, scope);
    }

    /** All that is known, for the client. */
    public String forClient() {
        return said.map(words -> detail + ": " + words).orElse(detail);
    }
}
