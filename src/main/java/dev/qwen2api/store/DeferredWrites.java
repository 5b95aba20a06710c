package dev.qwen2api.store;

import dev.qwen2api.store.DatabaseConnection.Work;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The writes that wait for the writer thread, the newest of each key, in order. Bounded. Thread-safe. */
final class DeferredWrites {

    private static final Logger LOG = LoggerFactory.getLogger(DeferredWrites.class);

    /** Writes kept while the file is unusable; beyond it the oldest are dropped. */
    static final int MAX_PENDING = 10_000;

    private final String name;
    private final Map<Object, Work> pending = new LinkedHashMap<>();
    private boolean overflowing;

    /** @param name of the database, for the log */
    DeferredWrites(String name) {
        this.name = name;
    }

    synchronized int size() {
        return pending.size();
    }

    /** Adds a write in the place of an older one with the same key. */
    synchronized void add(Object key, Work work) {
        pending.remove(key);
        pending.put(key, work);
        trim();
    }

    private void trim() {
        if (pending.size() > MAX_PENDING && !overflowing) {
            overflowing = true;
            LOG.error("[SQLITE] more than {} writes wait for {}; the oldest are dropped", MAX_PENDING, name);
        }
        var oldest = pending.keySet().iterator();
        while (pending.size() > MAX_PENDING) {
            oldest.next();
            oldest.remove();
        }
    }

    /** Takes the writes with these keys out. */
    synchronized Map<Object, Work> claim(Predicate<Object> keys) {
        Map<Object, Work> claimed = new LinkedHashMap<>(pending);
        claimed.keySet().removeIf(keys.negate());
        pending.keySet().removeAll(claimed.keySet());
        return claimed;
    }

    /** Puts those back that were not written, before the others; newer ones with the same key stay. */
    synchronized void putBack(Map<Object, Work> unwritten) {
        overflowing = overflowing && !unwritten.isEmpty();
        var all = new LinkedHashMap<>(unwritten);
        all.putAll(pending);
        pending.clear();
        pending.putAll(all);
        trim();
    }
}
