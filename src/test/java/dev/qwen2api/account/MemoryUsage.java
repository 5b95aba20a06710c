package dev.qwen2api.account;

import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.UsageRecorder.UsageStore;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Usage that is written when a test says so, on a disk that can be made to fail. Thread-safe. */
public final class MemoryUsage implements UsageStore {

    private final Map<Usage.Key, Usage> kept = new TreeMap<>();
    private final Map<Usage.Key, Supplier<Usage>> pending = new LinkedHashMap<>();
    private boolean broken;

    public synchronized void breakDown() {
        broken = true;
    }

    /** Writes what is to be written; returns how many sums that were. */
    public synchronized int write() {
        int written = pending.size();
        pending.forEach((key, sum) -> kept.put(key, sum.get()));
        pending.clear();
        return written;
    }

    @Override
    public synchronized Map<Usage.Key, Usage> load(LocalDate from) throws NotReadException {
        if (broken) {
            throw new NotReadException("broken", new IllegalStateException());
        }
        var found = new TreeMap<>(kept);
        found.keySet().removeIf(key -> key.day().isBefore(from));
        return found;
    }

    @Override
    public synchronized void save(Usage.Key key, Supplier<Usage> sum) {
        pending.put(key, sum);
    }

    @Override
    public synchronized void forget(LocalDate before) {
        pending.keySet().removeIf(key -> key.day().isBefore(before));
        kept.keySet().removeIf(key -> key.day().isBefore(before));
    }
}
