package dev.qwen2api.account;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Health that lasts as long as the process. Thread-safe. */
public final class MemoryHealth implements HealthStore {

    private final Map<String, AccountHealth> snapshots = new ConcurrentHashMap<>();

    @Override
    public Map<String, AccountHealth> load() {
        return Map.copyOf(snapshots);
    }

    @Override
    public void save(String user, AccountHealth snapshot) {
        snapshots.put(user, snapshot);
    }

    @Override
    public void forget(String user) {
        snapshots.remove(user);
    }
}
