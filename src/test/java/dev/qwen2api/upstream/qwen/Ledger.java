package dev.qwen2api.upstream.qwen;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A ledger in memory. */
final class Ledger implements ChatJanitor.ChatLedger {

    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    @Override
    public void add(Entry entry) {
        entries.add(entry);
    }

    @Override
    public void remove(Entry entry) {
        entries.remove(entry);
    }

    @Override
    public List<Entry> leftOver() {
        return List.copyOf(entries);
    }
}
