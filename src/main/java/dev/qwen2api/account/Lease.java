package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;

/**
 * The right to use one account for one generation. Closing gives it back; closing without a verdict blames nobody. Used by
 * one thread.
 */
public final class Lease implements AutoCloseable {

    private final AccountRing ring;
    private final PooledAccount pooledAccount;
    private final Account account;
    private final Epochs began;
    private boolean closed;

    /** The rests that had begun when the lease was taken: what comes of it says nothing about later ones. */
    record Epochs(int health, int egress) {}

    Lease(AccountRing ring, PooledAccount pooledAccount, Epochs began) {
        this.ring = ring;
        this.pooledAccount = pooledAccount;
        this.account = pooledAccount.account();
        this.began = began;
    }

    /** The account as it was when the lease was taken. */
    public Account account() {
        return account;
    }

    /** The account answered: whatever was held against it is forgotten, but for a rest that began meanwhile. */
    public void succeeded() {
        ring.succeeded(pooledAccount, began);
    }

    /** The account failed; what that means for it is the ring's affair. */
    public void failed(Failure failure) {
        ring.failed(pooledAccount, failure, began);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ring.release(pooledAccount);
        }
    }
}
