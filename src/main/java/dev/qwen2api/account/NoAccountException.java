package dev.qwen2api.account;

import java.time.Duration;
import java.util.Optional;

/** There is no account to lease, and waiting in the queue would not change that. */
public final class NoAccountException extends Exception {

    private static final long serialVersionUID = 1L;

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
        /** All are limited, cooling or out for mixed reasons. */
        ALL_RESTING
    }

    private final Reason reason;
    private final transient Optional<Duration> retryAfter;

    NoAccountException(Reason reason, Optional<Duration> retryAfter, String message) {
        super(message);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    public Reason why() {
        return reason;
    }

    /** When the first account returns, where that is known. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
