package dev.qwen2api.account.cli;

import dev.qwen2api.account.AccountId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Keeps what it is given for as long as the process. Used by one thread. */
final class MemoryCli implements CliStore {

    final Map<AccountId, Kept> rows = new TreeMap<>();

    @Override
    public List<Kept> load() {
        return new ArrayList<>(rows.values());
    }

    @Override
    public void saveSoon(AccountId account, Supplier<Optional<Kept>> now) {
        now.get().ifPresentOrElse(kept -> rows.put(account, kept), () -> rows.remove(account));
    }

    @Override
    public void save(AccountId account, Supplier<Optional<Kept>> now) {
        saveSoon(account, now);
    }
}
