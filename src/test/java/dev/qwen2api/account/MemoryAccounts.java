package dev.qwen2api.account;

import java.util.List;

/** Accounts that last as long as the process, on a disk that can be made to fail. Thread-safe. */
public final class MemoryAccounts implements AccountStore {

    private volatile List<Kept> kept = List.of();
    private volatile boolean broken;

    /** From now on nothing can be stored. */
    public void breakDown() {
        broken = true;
    }

    @Override
    public List<Kept> load() {
        return kept;
    }

    @Override
    public void replaceAll(List<Kept> accounts) throws NotStoredException {
        if (broken) {
            throw new NotStoredException("the disk is full", new IllegalStateException());
        }
        kept = List.copyOf(accounts);
    }

    @Override
    public void renewed(Account account) {}
}
