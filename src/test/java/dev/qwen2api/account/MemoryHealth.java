package dev.qwen2api.account;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Health that lasts as long as the process. Thread-safe. */
public final class MemoryHealth implements HealthStore {

    private final Map<AccountId, Snapshot> snapshots = new ConcurrentHashMap<>();

    @Override
    public Map<AccountId, Snapshot> load() {
        return Map.copyOf(snapshots);
    }

    @Override
    public void save(AccountId account, Snapshot snapshot) {
        snapshots.put(account, snapshot);
    }
}
