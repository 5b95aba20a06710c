package dev.qwen2api.failure;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * One thing that went wrong at the upstream.
 *
 * @param kind which of the known kinds it is; every table about failures is an exhaustive switch over it
 * @param detail what the upstream did, in one clause in our own words: fit for logs, and for whoever looks at the account
 * @param said the upstream's own words, where it found some: for nobody but the client who asked, whose prompt they may quote
 * @param retryAfter how long the upstream asked us to stay away; zero where it named no time
 * @param scope the kind of request whose limits it concerns, where it is not the one that the client made
 */
public record Failure(
        FailureKind kind, String detail, Optional<String> said, Duration retryAfter, Optional<RequestKind> scope) {

    /** What may be done after a failure that struck before the client was sent anything. */
    public enum Verdict {
        /** Another account may do better. */
        TRY_NEXT_ACCOUNT,
        /** It would fail in the same way everywhere. */
        GIVE_UP
    }

    public Failure {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(said, "said");
        Objects.requireNonNull(scope, "scope");
        if (retryAfter.isNegative()) {
            throw new IllegalArgumentException("negative retryAfter");
        }
    }

    /** A failure for which the upstream named no waiting time. */
    public static Failure of(FailureKind kind, String detail) {
        return new Failure(kind, detail, Optional.empty(), Duration.ZERO, Optional.empty());
    }

    /** A used-up quota that returns after {@code retryAfter}. */
    public static Failure rateLimited(Duration retryAfter, String detail) {
        return new Failure(FailureKind.RATE_LIMITED, detail, Optional.empty(), retryAfter, Optional.empty());
    }

    /** The same failure, with the upstream's own words; none where they are blank. */
    public Failure saying(String words) {
        return new Failure(kind, detail, Optional.of(words).filter(each -> !each.isBlank()), retryAfter, scope);
    }

    /** The same failure, with the time that the upstream asks for. */
    public Failure after(Duration wait) {
        return new Failure(kind, detail, said, wait, scope);
    }

    /** The same failure, which concerns this kind of request. */
    public Failure in(RequestKind concerned) {
        return new Failure(kind, detail, said, retryAfter, Optional.of(concerned));
    }

    /** All that is known, for the client who asked. */
    public String toAsker() {
        return said.map(words -> detail + ": " + words).orElse(detail);
    }
}
