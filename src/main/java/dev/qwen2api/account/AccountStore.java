package dev.qwen2api.account;

import dev.qwen2api.account.AccountSet.Kept;

/** Stores the accounts. Thread-safe. Saving returns once the change is on disk. */
public interface AccountStore {

    /** The change could not be made safe; nothing has changed. */
    final class NotStoredException extends Exception {

        private static final long serialVersionUID = 1L;

        public NotStoredException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** What is kept could not be read, which says nothing about what there is. */
    final class NotReadException extends Exception {

        private static final long serialVersionUID = 1L;

        public NotReadException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Everything that is kept.
     *
     * @throws NotReadException when that cannot be read now
     */
    AccountSet load() throws NotReadException;

    /**
     * Makes this what is kept, in one transaction: accounts that are not on it are forgotten.
     *
     * @throws NotStoredException when that failed
     */
    void replaceAll(AccountSet accountSet) throws NotStoredException;

    /**
     * Keeps the newest session of one account, unless another cookie has taken its place. Returns when that is on
     * disk, or when it has failed and is tried again later: a refresh token can be spent only once.
     */
    void renewed(Kept account);

    /** The same, soon; never blocks. */
    void renewedSoon(Kept account);
}
