package dev.qwen2api.account;

import java.time.Instant;
import java.util.Optional;

/** The outcome of a request to add an account. */
public enum Addition {
    ADDED,
    /** The number is taken. */
    TAKEN,
    /** The cookie has no usable token. */
    UNUSABLE,
    /** Its token has ended. */
    EXPIRED,
    /** It could not be made safe on disk. */
    NOT_STORED;

    /** Checks whether an account may be added; returns why not, or empty if it may. */
    static Optional<Addition> refusal(AccountSet accounts, AccountId id, String cookie, Instant now) {
        if (accounts.find(id).isPresent()) {
            return Optional.of(TAKEN);
        }
        Optional<Credential> credential = Credential.parse(cookie).filter(Credential::isReadable);
        if (credential.isEmpty()) {
            return Optional.of(UNUSABLE);
        }
        return credential.get().isDeadAt(now) ? Optional.of(EXPIRED) : Optional.empty();
    }
}
