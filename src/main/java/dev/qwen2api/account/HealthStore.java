package dev.qwen2api.account;

import java.util.Map;

/**
 * Stores the health of accounts by user, because the service limits users, whatever number the owner gives them.
 * Thread-safe; saving never blocks.
 */
public interface HealthStore {

    /** Names the channel whose health this is, for the log; empty for the web. */
    default String channel() {
        return "";
    }

    /** What was last saved, by the upstream's id of the user. Empty when nothing can be read. */
    Map<String, AccountHealth> load();

    void save(String user, AccountHealth health);

    /** The user has no account any more, and none that may come back. */
    void forget(String user);
}
