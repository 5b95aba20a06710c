package dev.qwen2api.failure;

/** The kinds of failure that the gateway tells apart. */
public enum FailureKind {
    /** The account's quota is used up; {@link Failure#retryAfter()} says for how long. */
    RATE_LIMITED,
    /** The account's token is dead. */
    EXPIRED,
    /** The account is banned or may not do this. */
    FORBIDDEN,
    /** The service asks for a human check, or silently refuses this egress. */
    CHALLENGED,
    /** A passing refusal: overload, a chat still in progress, the catch-all {@code Bad_Request}. */
    BUSY,
    /** The account runs too many generations at once; it passes within seconds and says: fewer at once on this account. */
    PARALLEL_LIMITED,
    /** The account's quota for this kind of request is spent; {@link Failure#retryAfter()} says for how long. */
    QUOTA_EXHAUSTED,
    /** An error code that the gateway does not know: a passing fault of the request. */
    UNKNOWN,
    /** The content was refused by moderation. */
    MODERATED,
    /** The model is not there (any more). */
    MODEL_GONE,
    /** The prompt is longer than the service takes. */
    TOO_LONG,
    /** The service refused the request as malformed. */
    BAD_INPUT,
    /** The answer broke off before its end. */
    TRUNCATED,
    /** The answer ended without a single character. */
    EMPTY,
    /** Nothing came within the time limit. */
    SILENT,
    /** A reset, a gateway error, or a reply that is no reply of this service. */
    BROKEN,
    /** No connection could be made: the route is at fault, not the account. */
    UNREACHABLE,
    /** The answer is whole but not of the form that was asked for. */
    UNFIT;

    /** Returns whether another account should be tried when nothing was sent to the client yet. */
    public Failure.Verdict verdict() {
        return switch (this) {
            case RATE_LIMITED, PARALLEL_LIMITED, QUOTA_EXHAUSTED, UNKNOWN, EXPIRED, FORBIDDEN, CHALLENGED, BUSY, TRUNCATED, EMPTY, SILENT, BROKEN, UNREACHABLE ->
                Failure.Verdict.TRY_NEXT_ACCOUNT;
            case MODERATED, MODEL_GONE, TOO_LONG, BAD_INPUT, UNFIT -> Failure.Verdict.GIVE_UP;
        };
    }
}
