package dev.qwen2api.account;

/**
 * One Qwen account of the owner. Immutable; a renewed session is a new {@code Account} with the same {@code id}.
 *
 * @param id the owner's number for it
 * @param source who added it, and so who may take it away
 * @param credential the session to replay
 */
public record Account(AccountId id, Source source, Credential credential) {

    /** Where an account came from. */
    public enum Source {
        /** The n-th cookie of {@code QWEN_COOKIES}. */
        ENV,
        /** The same, with another cookie in place of the one that {@code QWEN_COOKIES} still holds. */
        REPLACED,
        /** Added through the account routes. */
        API
    }

    public Account with(Credential renewed) {
        return new Account(id, source, renewed);
    }

    /**
     * The same account with the cookies known that the owner copied, because the store has them among those of replies.
     * What was pasted in place of the entry of {@code .env} is not known.
     */
    Account copiedFrom(String entry) {
        return source == Source.ENV ? with(credential.copiedFrom(entry)) : this;
    }
}
