package dev.qwen2api.account;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A place in the queue for an account. Waiting may be cut into slices without losing the place. Used by one thread; closing
 * it leaves the queue.
 */
public final class PendingLease implements AutoCloseable {

    private final LeaseQueue queue;
    private final Set<AccountId> tried;
    private final Semaphore news = new Semaphore(0);
    private @Nullable Lease granted;

    PendingLease(LeaseQueue queue, Set<AccountId> tried) {
        this.queue = queue;
        this.tried = Set.copyOf(tried);
    }

    /**
     * Waits for a turn.
     *
     * @return empty when {@code patience} ran out first; the place in the queue is kept
     * @throws NoAccountException when waiting is pointless
     */
    public Optional<Lease> await(Duration patience) throws NoAccountException, InterruptedException {
        return queue.await(this, patience);
    }

    Set<AccountId> tried() {
        return tried;
    }

    boolean isGranted() {
        return granted != null;
    }

    void grant(Lease lease) {
        granted = lease;
        wake();
    }

    /** Makes the waiting thread look again. */
    void wake() {
        news.release();
    }

    /** Waits outside every lock until {@link #wake()} or the time is over. */
    void pause(long nanos) throws InterruptedException {
        if (news.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            news.drainPermits();
        }
    }

    /** The granted lease, which from now on is the caller's to close. */
    Optional<Lease> collect() {
        Optional<Lease> lease = Optional.ofNullable(granted);
        granted = null;
        return lease;
    }

    @Override
    public void close() {
        queue.leave(this);
    }
}
