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
final class TicketQueue {

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;

    private final AccountRing ring;
    private final Deque<Ticket> waiting = new ArrayDeque<>();

    TicketQueue(AccountRing ring) {
        this.ring = ring;
    }

    Ticket ticket(Set<AccountId> tried) {
        var ticket = new Ticket(this, tried);
        synchronized (ring) {
            waiting.addLast(ticket);
            grantAll();
        }
        return ticket;
    }

    /** Hands out what is free. Called with the ring's lock held. */
    void grantAll() {
        for (Iterator<Ticket> each = waiting.iterator(); each.hasNext(); ) {
            Ticket ticket = each.next();
            Lease lease = ring.take(ticket.tried());
            if (lease != null) {
                each.remove();
                ticket.grant(lease);
            }
        }
    }

    /** Makes everybody find out whether waiting still makes sense. Called with the ring's lock held. */
    void wakeAll() {
        waiting.forEach(Ticket::wake);
    }

    Optional<Lease> await(Ticket ticket, Duration patience) throws NoAccountException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            long pause = deadline - System.nanoTime();
            synchronized (ring) {
                grantAll();
                if (ticket.isGranted()) {
                    return ticket.collect();
                }
                Duration untilWorthwhile = Duration.between(ring.now(), ring.worthWaitingUntil(ticket.tried()));
                if (untilWorthwhile.compareTo(Duration.ZERO) > 0) {
                    pause = Math.min(pause, Math.max(untilWorthwhile.toNanos(), SHORTEST_PAUSE_NANOS));
                }
            }
            if (pause <= 0) {
                return Optional.empty();
            }
            ticket.pause(pause);
        }
    }

    void leave(Ticket ticket) {
        synchronized (ring) {
            waiting.remove(ticket);
            ticket.collect().ifPresent(Lease::close);
        }
    }
}
