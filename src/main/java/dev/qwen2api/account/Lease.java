package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;

/**
 * The right to use one account for one generation. Closing gives it back; closing without a verdict blames nobody. Used by
 * one thread.
 */
public final class Lease implements AutoCloseable {

    private final AccountRing ring;
    private final Slot slot;
    private final Account account;
    private boolean closed;

    Lease(AccountRing ring, Slot slot) {
        this.ring = ring;
        this.slot = slot;
        this.account = slot.account();
    }

    /** The account as it was when the lease was taken. */
    public Account account() {
        return account;
    }

    /** The account answered: whatever was held against it is forgotten. */
    public void succeeded() {
        ring.succeeded(slot);
    }

    /** The account failed; what that means for it is the ring's affair. */
    public void failed(Failure failure) {
        ring.failed(slot, failure);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ring.release(slot);
        }
    }
}
