package dev.qwen2api.account;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Where the health of accounts outlives the process: by user, because that is whom the upstream limits, whatever number the
 * owner gives. Thread-safe; saving never blocks.
 */
public interface HealthStore {

    /**
     * Health at one moment.
     *
     * @param failureCount consecutive failures
     * @param restsInARow rests since the last success, for the doubling
     * @param rest the time out of the ring, if any
     */
    record Snapshot(int failureCount, int restsInARow, Optional<StoredCooldown> rest) {

        public static final Snapshot WELL = new Snapshot(0, 0, Optional.empty());
    }

    /** A time out of the ring. */
    record StoredCooldown(AccountState state, Instant until, String reason) {}

    /** What was last saved, by the upstream's id of the user. Empty when nothing can be read. */
    Map<String, Snapshot> load();

    void save(String user, Snapshot snapshot);

    /** The user has no account any more. */
    void forget(String user);
}
