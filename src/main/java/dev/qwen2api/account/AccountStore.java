package dev.qwen2api.account;

import java.util.List;

/**
 * Where accounts outlive the process. Thread-safe. Saving returns when the change is safe on disk.
 */
public interface AccountStore {

    /**
     * An account as it is kept.
     *
     * @param account the account with its newest session
     * @param origin fingerprint of the cookie text it was made from, so that a session renewed since is told from a cookie
     *     that the owner changed
     * @param removed whether the owner deleted it though {@code .env} still lists it
     */
    record Kept(Account account, String origin, boolean removed) {}

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
     * Everything that is kept, in the order of the numbers.
     *
     * @throws NotReadException when that cannot be read now
     */
    List<Kept> load() throws NotReadException;

    /**
     * Makes these the kept accounts, in one transaction: those that are not among them are forgotten.
     *
     * @throws NotStoredException when that failed
     */
    void replaceAll(List<Kept> accounts) throws NotStoredException;

    /** Keeps the newest session of one account, as soon as possible but not before this returns. */
    void renewed(Account account);
}
