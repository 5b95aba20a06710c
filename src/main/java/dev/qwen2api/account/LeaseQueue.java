package dev.qwen2api.account;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The queue of requests that wait for an account, first come first served. A request that cannot use a free account
 * does not block those behind it. Guarded by the pool's monitor.
 */
final class LeaseQueue {

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;

    private final Pool pool;
    private final LongSupplier nanoTime;
    private final TreeMap<Long, Place> waiting = new TreeMap<>();
    private long arrivals;

    /** Where leases come from; its monitor guards the queue. */
    interface Pool {

        /** A lease of an account that is free now; null when there is none at this moment. */
        @Nullable
        Lease take(LeaseRequest request);

        /**
         * How long waiting cannot help yet; zero when an account may become free at any moment.
         *
         * @throws NoAccountException when waiting is pointless
         */
        Duration untilWorthwhile(LeaseRequest request) throws NoAccountException;

        /** How long no account can serve such a request, whatever this one has tried; zero where one can. */
        Duration untilReturn(LeaseRequest request);
    }

    LeaseQueue(Pool pool, LongSupplier nanoTime) {
        this.pool = pool;
        this.nanoTime = nanoTime;
    }

    /** Takes the last place. */
    PendingLease enqueue(LeaseRequest request) {
        synchronized (pool) {
            var place = new Place(request, arrivals++);
            place.enter();
            return place;
        }
    }

    /** Grants what is free. Called with the monitor held. */
    void grantAll() {
        for (Iterator<Place> each = waiting.values().iterator(); each.hasNext(); ) {
            Place place = each.next();
            Lease lease = pool.take(place.request);
            if (lease != null) {
                each.remove();
                place.granted = lease;
                place.news.release();
            }
        }
    }

    /** Makes every request check whether waiting still makes sense. Called with the monitor held. */
    void wakeAll() {
        waiting.values().forEach(place -> place.news.release());
    }

    private final class Place implements PendingLease {

        private final LeaseRequest request;
        private final long arrival;
        private final Semaphore news = new Semaphore(0);
        private @Nullable Lease granted;

        Place(LeaseRequest request, long arrival) {
            this.request = request;
            this.arrival = arrival;
        }

        private void enter() {
            if (granted == null) {
                waiting.put(arrival, this);
                grantAll();
            }
        }

        @Override
        public Optional<Lease> await(Duration longest) throws NoAccountException, InterruptedException {
            long began = nanoTime.getAsLong();
            while (true) {
                long pause = longest.toNanos() - (nanoTime.getAsLong() - began);
                synchronized (pool) {
                    enter();
                    if (granted != null) {
                        return collect();
                    }
                    long needless = pool.untilWorthwhile(request).toNanos();
                    if (needless > 0) {
                        pause = Math.min(pause, Math.max(needless, SHORTEST_PAUSE_NANOS));
                    }
                }
                if (pause <= 0) {
                    return Optional.empty();
                }
                if (news.tryAcquire(pause, TimeUnit.NANOSECONDS)) {
                    news.drainPermits();
                }
            }
        }

        private Optional<Lease> collect() {
            Optional<Lease> lease = Optional.ofNullable(granted);
            granted = null;
            return lease;
        }

        @Override
        public Duration untilReturn() {
            synchronized (pool) {
                return pool.untilReturn(request);
            }
        }

        @Override
        public void readmit(AccountId account) {
            synchronized (pool) {
                request.excluded().remove(account);
            }
        }

        @Override
        public void close() {
            synchronized (pool) {
                waiting.remove(arrival);
                collect().ifPresent(Lease::close);
            }
        }
    }
}
