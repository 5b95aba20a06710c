package dev.qwen2api.account;

import java.time.Duration;
import java.util.Optional;

/**
 * A request's place in the queue, which it keeps when its account fails. Used by one thread; closing it leaves the
 * queue.
 */
public interface PendingLease extends AutoCloseable {

    /**
     * Waits for an account that the request has not had yet. Waiting may be cut into slices without losing the place.
     *
     * @return empty when {@code longest} is over first
     * @throws NoAccountException when waiting is pointless
     */
    Optional<Lease> await(Duration longest) throws NoAccountException, InterruptedException;

    /** How long no account can serve such a request; zero where one can, if it is not too busy. */
    Duration untilReturn();

    /** Leases an account to this request that it had before. */
    void readmit(AccountId account);

    @Override
    void close();
}
