package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;

/**
 * The right to use one account for one request. Closing returns it and costs the account nothing by itself. Used by
 * one thread.
 */
public interface Lease extends AutoCloseable {

    /** The account as it was when the lease was taken. */
    Account account();

    /**
     * The account answered: earlier failures are forgotten, except for cooldowns that have begun since the lease was
     * taken.
     */
    void succeeded();

    /**
     * The account failed. Of the failures of one request that do not say whose they are, only the first costs its
     * account something.
     */
    void failed(Failure failure);

    @Override
    void close();
}
