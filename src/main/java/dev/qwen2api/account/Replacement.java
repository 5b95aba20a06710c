package dev.qwen2api.account;

import dev.qwen2api.account.AccountSet.Kept;
import java.time.Instant;
import java.util.Optional;

/** The outcome of a request to replace the cookie of an account. */
public enum Replacement {
    REPLACED,
    UNKNOWN,
    /** The cookie has no usable token. */
    UNUSABLE,
    /** Its token has ended. */
    EXPIRED,
    /** It belongs to another user. */
    OTHER_USER,
    /** Another account has the same session. */
    TAKEN,
    /** It could not be made safe on disk. */
    NOT_STORED;

    /**
     * Checks whether a cookie may replace the one of an account.
     *
     * @param anyUser whether it may belong to another user; a token that names no user is never of another one
     * @return why not; empty if it may
     */
    static Optional<Replacement> refusal(
            AccountSet accounts, AccountId id, String cookie, boolean anyUser, Instant now) {
        Optional<Kept> known = accounts.find(id);
        if (known.isEmpty()) {
            return Optional.of(UNKNOWN);
        }
        Optional<Credential> fresh = Credential.parse(cookie);
        if (fresh.isEmpty()) {
            return Optional.of(UNUSABLE);
        }
        if (fresh.get().isDeadAt(now)) {
            return Optional.of(EXPIRED);
        }
        Optional<String> user = known.get().account().credential().userId();
        Optional<String> other = fresh.get().userId();
        if (!anyUser && user.isPresent() && other.isPresent() && !user.equals(other)) {
            return Optional.of(OTHER_USER);
        }
        return accounts.accounts().stream()
                .map(Kept::account)
                .filter(each -> !each.id().equals(id) && each.credential().isSameSession(fresh.get()))
                .map(each -> TAKEN)
                .findFirst();
    }
}
