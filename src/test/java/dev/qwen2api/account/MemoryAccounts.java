package dev.qwen2api.account;

import dev.qwen2api.account.AccountSet.Kept;

/** Accounts that last as long as the process, on a disk that can be made to fail. Thread-safe. */
public final class MemoryAccounts implements AccountStore {

    private volatile AccountSet kept = AccountSet.EMPTY;
    private volatile boolean broken;

    /** From now on nothing can be stored. */
    public void breakDown() {
        broken = true;
    }

    @Override
    public AccountSet load() {
        return kept;
    }

    @Override
    public void replaceAll(AccountSet accountSet) throws NotStoredException {
        if (broken) {
            throw new NotStoredException("the disk is full", new IllegalStateException());
        }
        kept = accountSet;
    }

    @Override
    public void renewed(Kept account) {}

    @Override
    public void renewedSoon(Kept account) {}
}
