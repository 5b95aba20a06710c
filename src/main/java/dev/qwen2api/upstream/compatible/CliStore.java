package dev.qwen2api.upstream.compatible;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Keeps what the CLI channel knows of users over restarts. Thread-safe. */
public interface CliStore {

    /**
     * What is known of one user.
     *
     * @param user the upstream's id of the user
     * @param credential where there is one
     * @param pause where no credential is obtained for a while
     * @param day the day that is counted
     * @param requests accepted requests of that day
     */
    record StoredCli(
            String user,
            Optional<CliCredential> credential,
            Optional<StoredPause> pause,
            LocalDate day,
            int requests) {}

    /**
     * A time in which no credential is obtained.
     *
     * @param unsupported whether the service refuses the user, rather than having failed
     * @param reason one sentence
     * @param until when it ends
     */
    record StoredPause(boolean unsupported, String reason, Instant until) {}

    /** Everything that is kept; empty when nothing can be read. */
    List<StoredCli> load();

    /**
     * Saves one user soon; never blocks.
     *
     * @param now called when it is written, by another thread; empty for a user to be forgotten
     */
    void saveSoon(String user, Supplier<Optional<StoredCli>> now);

    /** The same, but returns when it is on disk or that has failed: a refresh token can be spent only once. */
    void save(String user, Supplier<Optional<StoredCli>> now);
}
