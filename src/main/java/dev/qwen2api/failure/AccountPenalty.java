package dev.qwen2api.failure;

/** What a failure costs the account that met it. */
public enum AccountPenalty {
    /** Nothing: the request or the route was at fault. */
    NONE,
    /** One more consecutive failure; enough of them are a cooldown. */
    COUNT,
    /** A pause of seconds. */
    PAUSE,
    /** A cooldown as long as the service asked. */
    LIMIT,
    /** A cooldown until the session is renewed. */
    EXPIRE,
    /** A cooldown of minutes; where it repeats, of a day. */
    FORBID,
    /** A short cooldown, and one event for the circuit breaker. */
    CHALLENGE
}
