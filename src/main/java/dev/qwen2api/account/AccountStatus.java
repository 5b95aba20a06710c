package dev.qwen2api.account;

import dev.qwen2api.failure.RequestKind;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A snapshot of an account. It holds the account with its cookies: what is shown of it is chosen field by field.
 *
 * @param account the account itself
 * @param state how it is doing, for chats
 * @param reason one sentence with the next step, while it is out of the ring, or soon will be because its session ends
 * @param failureCount consecutive failures
 * @param lastUsed when a request last went out with it on the channel of its ring
 * @param retryAt when it returns to the ring by itself
 * @param inFlight generations running now
 * @param cooldowns the kinds of request that it is out for
 */
public record AccountStatus(
        Account account,
        AccountState state,
        Optional<String> reason,
        int failureCount,
        Optional<Instant> lastUsed,
        Optional<Instant> retryAt,
        int inFlight,
        Map<RequestKind, Cooldown> cooldowns) {

    public boolean healthy() {
        return state == AccountState.ACTIVE;
    }

    /** Whether it is in the ring for requests of that kind. */
    public boolean serves(RequestKind kind) {
        boolean noSession = state == AccountState.EXPIRED || state == AccountState.CHALLENGED;
        return !noSession && !cooldowns.containsKey(kind);
    }
}
