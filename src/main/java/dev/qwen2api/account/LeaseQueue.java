package dev.qwen2api.account;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * Those who wait for an account, first come first served: whenever something changes, the free accounts are handed out in
 * the order of arrival. One who cannot use what is free does not hold up those behind. Guarded by the ring's lock, which is
 * the ring's monitor.
 */
final class LeaseQueue {

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;

    private final AccountRing ring;
    private final Deque<PendingLease> waiting = new ArrayDeque<>();

    LeaseQueue(AccountRing ring) {
        this.ring = ring;
    }

    PendingLease ticket(Set<AccountId> tried) {
        var pendingLease = new PendingLease(this, tried);
        synchronized (ring) {
            waiting.addLast(pendingLease);
            grantAll();
        }
        return pendingLease;
    }

    /** Hands out what is free. Called with the ring's lock held. */
    void grantAll() {
        for (Iterator<PendingLease> each = waiting.iterator(); each.hasNext(); ) {
            PendingLease pendingLease = each.next();
            Lease lease = ring.take(pendingLease.tried());
            if (lease != null) {
                each.remove();
                pendingLease.grant(lease);
            }
        }
    }

    /** Makes everybody find out whether waiting still makes sense. Called with the ring's lock held. */
    void wakeAll() {
        waiting.forEach(PendingLease::wake);
    }

    Optional<Lease> await(PendingLease pendingLease, Duration patience)
            throws NoAccountException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            long pause = deadline - System.nanoTime();
            synchronized (ring) {
                grantAll();
                if (pendingLease.isGranted()) {
                    return pendingLease.collect();
                }
                Duration untilWorthwhile = Duration.between(ring.now(), ring.worthWaitingUntil(pendingLease.tried()));
                if (untilWorthwhile.compareTo(Duration.ZERO) > 0) {
                    pause = Math.min(pause, Math.max(untilWorthwhile.toNanos(), SHORTEST_PAUSE_NANOS));
                }
            }
            if (pause <= 0) {
                return Optional.empty();
            }
            pendingLease.pause(pause);
        }
    }

    void leave(PendingLease pendingLease) {
        synchronized (ring) {
            waiting.remove(pendingLease);
            pendingLease.collect().ifPresent(Lease::close);
        }
    }
}
