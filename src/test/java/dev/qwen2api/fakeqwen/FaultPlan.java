package dev.qwen2api.fakeqwen;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The faults in force; they come and go while the fake runs. Several can strike one request: the first refusal counts,
 * stream and byte faults add up. Safe for use by several threads.
 */
public final class FaultPlan {
    private final List<Placed> placed = new CopyOnWriteArrayList<>();

    FaultPlan() {}

    /** A fault in force. Closing it lifts it. */
    public final class Placed implements AutoCloseable {
        private final Fault fault;
        private final AtomicInteger met = new AtomicInteger();
        private final AtomicInteger hits = new AtomicInteger();

        private Placed(Fault fault) {
            this.fault = fault;
        }

        /** How many requests it struck. */
        public int hits() {
            return hits.get();
        }

        /** Whether it will strike no more. */
        public boolean spent() {
            return hits.get() >= fault.aim().times();
        }

        private boolean strikes(Endpoint endpoint, Request request) {
            Fault.Aim aim = fault.aim();
            if (!aim.fits(endpoint, request) || met.incrementAndGet() <= aim.after()) {
                return false;
            }
            int before = hits.getAndUpdate(n -> n < aim.times() ? n + 1 : n);
            return before < aim.times();
        }

        @Override
        public void close() {
            placed.remove(this);
        }
    }

    /** Puts a fault in force. */
    public Placed add(Fault fault) {
        Placed place = new Placed(fault);
        placed.add(place);
        return place;
    }

    /** Lifts all faults. */
    public void clear() {
        placed.clear();
    }

    Strike strike(Endpoint endpoint, Request request) {
        if (placed.isEmpty()) {
            return Strike.none();
        }
        List<Fault.Effect> effects = new ArrayList<>();
        boolean refused = false;
        for (Placed place : placed) {
            if (refused && refuses(place.fault)) {
                continue;
            }
            if (place.strikes(endpoint, request)) {
                refused |= refuses(place.fault);
                effects.addAll(place.fault.effects());
            }
        }
        return effects.isEmpty() ? Strike.none() : Strike.of(effects);
    }

    /** A second refusal has nothing left to strike and is kept for the next request. */
    private static boolean refuses(Fault fault) {
        return fault.effects().stream()
                .anyMatch(effect -> effect instanceof Fault.Effect.Say
                        || effect instanceof Fault.Effect.Hang
                        || effect instanceof Fault.Effect.Break);
    }
}
