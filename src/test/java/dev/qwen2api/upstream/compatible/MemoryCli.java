package dev.qwen2api.upstream.compatible;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Keeps what it is given for as long as the process. Used by one thread. */
final class MemoryCli implements CliStore {

    final Map<String, StoredCli> rows = new TreeMap<>();

    @Override
    public List<StoredCli> load() {
        return new ArrayList<>(rows.values());
    }

    @Override
    public void saveSoon(String user, Supplier<Optional<StoredCli>> now) {
        now.get().ifPresentOrElse(kept -> rows.put(user, kept), () -> rows.remove(user));
    }

    @Override
    public void save(String user, Supplier<Optional<StoredCli>> now) {
        saveSoon(user, now);
    }
}
