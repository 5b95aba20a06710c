package dev.qwen2api.account;

import dev.qwen2api.failure.FailureKind;

/** What a failure means for the account that met it. */
enum AccountPenalty {
    /** Nothing: the request or the route was at fault. */
    NONE,
    /** One more consecutive failure; enough of them are a cooldown. */
    COUNT,
    /** Benched for as long as the upstream asked. */
    LIMIT,
    /** Benched until its session is renewed. */
    EXPIRE,
    /** Benched as banned. */
    DISABLE,
    /** One more failure, a short rest, and a mark against the egress. */
    CHALLENGE;

    static AccountPenalty of(FailureKind kind) {
        return switch (kind) {
            case RATE_LIMITED, QUOTA_EXHAUSTED -> LIMIT;
            case EXPIRED -> EXPIRE;
            case FORBIDDEN -> DISABLE;
            case CHALLENGED -> CHALLENGE;
            case BUSY, PARALLEL_LIMITED, UNKNOWN, TRUNCATED, EMPTY, SILENT, BROKEN -> COUNT;
            case MODERATED, MODEL_GONE, TOO_LONG, BAD_INPUT, UNREACHABLE, UNFIT -> NONE;
        };
    }
}
