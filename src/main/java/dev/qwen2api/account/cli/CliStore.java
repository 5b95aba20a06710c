package dev.qwen2api.account.cli;

import dev.qwen2api.account.AccountId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Where the CLI channel's knowledge of accounts outlives the process. Thread-safe. */
public interface CliStore {

    /**
     * One account as it is kept.
     *
     * @param account its number
     * @param user whose credential it is; another user under the same number inherits nothing
     * @param credential where it has one
     * @param bench why and how long it does not serve, where that is so
     * @param day the day that is counted
     * @param requests how many were made on it
     */
    record Kept(
            AccountId account,
            String user,
            Optional<CliCredential> credential,
            Optional<StoredLimit> bench,
            LocalDate day,
            int requests) {}

    /**
     * A time in which an account does not serve.
     *
     * @param state {@link CliState#UNSUPPORTED}, {@link CliState#LIMITED}, or {@link CliState#NONE} after a failure that may pass
     * @param reason one sentence
     * @param until when it may be tried again
     */
    record StoredLimit(CliState state, String reason, Instant until) {}

    /** Everything that is kept; empty when nothing can be read. */
    List<Kept> load();

    /**
     * Keeps one account soon; never blocks.
     *
     * @param now asked when it is written, by another thread; empty for an account to be forgotten
     */
    void saveSoon(AccountId account, Supplier<Optional<Kept>> now);

    /** The same, but returns when it is on disk, or when that has failed: a refresh token can be spent only once. */
    void save(AccountId account, Supplier<Optional<Kept>> now);
}
