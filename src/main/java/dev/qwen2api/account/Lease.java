package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.RequestKind;

/**
 * The right to use one account for one request. Closing returns it and costs the account nothing by itself.
 * Thread-safe.
 */
public interface Lease extends AutoCloseable {

    /** The account as it was when the lease was taken. */
    Account account();

    /**
     * The account answered: earlier failures are forgotten, except for cooldowns that have begun since the lease was
     * taken.
     */
    void succeeded();

    /** Whether the account is out for requests of that kind, which this request could do without. */
    boolean isOutFor(RequestKind kind);

    /** The account did something of that kind for a request that could have done without, such as an upload. */
    void succeeded(RequestKind kind);

    /**
     * The account failed, or something failed that the request can do without. Of the failures of one kind in one
     * request that do not say whose they are, only the first costs its account something.
     */
    void failed(Failure failure);

    @Override
    void close();
}
