package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The accounts in their order, handed out in strict round robin to those who ask for a {@link Ticket}. Accounts that rest,
 * and those at their limits of load, are passed over. Thread-safe: one lock guards the ring and everything in it.
 */
public final class AccountRing {

    private final Clock clock;
    private final HealthStore healthStore;
    private final TicketQueue queue = new TicketQueue(this);
    private final FailureCounts failures = new FailureCounts();
    private List<Slot> slots = List.of();
    private int next;
    private RestPolicy policy;
    private RingLimits limits;
    private Egress egress;

    /** A ring that keeps the health of its accounts in {@code healthStore}. */
    public AccountRing(Clock clock, RestPolicy policy, RingLimits limits, HealthStore healthStore) {
        this.clock = clock;
        this.healthStore = healthStore;
        this.policy = policy;
        this.limits = limits;
        this.egress = new Egress(policy);
    }

    /**
     * Puts these accounts, in this order, in place of the present ones. A user who stays keeps health and load, whatever number
     * the account has now; leases of accounts that are gone stay good until they are closed.
     */
    public void replace(List<Account> accounts) {
        replace(accounts, Map.of());
    }

    /**
     * The same when what was kept has become known: accounts that were not asked yet take up the health that was kept of their
     * users.
     */
    public synchronized void replace(List<Account> accounts, Map<String, HealthStore.Snapshot> kept) {
        var left = new ArrayList<>(slots);
        Map<AccountId, Slot> known = new HashMap<>();
        accounts.forEach(account ->
                claim(account, left, known, slot -> slot.account().id().equals(account.id())));
        accounts.forEach(account -> claim(account, left, known, slot -> true));
        slots = accounts.stream()
                .map(account -> resumed(
                        known.getOrDefault(account.id(), new Slot(account, health(HealthStore.Snapshot.WELL))), kept))
                .toList();
        left.forEach(this::forgetIfGone);
        next = slots.isEmpty() ? 0 : next % slots.size();
        queue.grantAll();
        queue.wakeAll();
    }

    /** Finds the place that the user of an account has already, where no account has claimed it. */
    private void claim(Account account, List<Slot> left, Map<AccountId, Slot> known, Predicate<Slot> eligible) {
        if (!known.containsKey(account.id())) {
            left.stream()
                    .filter(eligible)
                    .filter(slot -> sameUser(slot.account().credential(), account.credential()))
                    .findFirst()
                    .ifPresent(slot -> {
                        left.remove(slot);
                        renew(slot, account);
                        known.put(account.id(), slot);
                    });
        }
    }

    private Slot resumed(Slot slot, Map<String, HealthStore.Snapshot> kept) {
        slot.account()
                .credential()
                .userId()
                .map(kept::get)
                .filter(health -> slot.isUntried())
                .ifPresent(health -> slot.resume(health(health)));
        return slot;
    }

    private Health health(HealthStore.Snapshot kept) {
        return new Health(policy, kept, clock.instant());
    }

    /** A user who comes back some day begins well. */
    private void forgetIfGone(Slot slot) {
        Optional<String> user = slot.account().credential().userId();
        boolean there = slots.stream()
                .anyMatch(each -> each.account().credential().userId().equals(user));
        if (!there) {
            user.ifPresent(healthStore::forget);
        }
    }

    private static boolean sameUser(Credential known, Credential fresh) {
        return known.equals(fresh)
                || known.userId().isPresent() && known.userId().equals(fresh.userId());
    }

    /** Puts other rules in force from now on; rests that have begun keep their end. */
    public synchronized void obey(RestPolicy newPolicy, RingLimits newLimits) {
        if (!newPolicy.equals(policy)) {
            policy = newPolicy;
            egress = egress.under(newPolicy);
            slots.forEach(slot -> slot.obey(newPolicy, clock.instant()));
        }
        limits = newLimits;
        queue.grantAll();
    }

    /** Changes the session of one account, for example because the upstream set a cookie; unknown accounts are ignored. */
    public synchronized void renew(AccountId id, UnaryOperator<Credential> change) {
        slot(id).ifPresent(slot ->
                renew(slot, slot.account().with(change.apply(slot.account().credential()))));
        queue.grantAll();
    }

    private void renew(Slot slot, Account account) {
        keepingHealth(slot, () -> slot.renew(account));
    }

    /** Makes a change, and keeps the health that came of it where that is another one and the account still counts. */
    private void keepingHealth(Slot slot, Runnable change) {
        HealthStore.Snapshot before = slot.snapshot();
        change.run();
        HealthStore.Snapshot after = slot.snapshot();
        if (!after.equals(before) && slots.contains(slot)) {
            slot.account().credential().userId().ifPresent(user -> healthStore.save(user, after));
        }
    }

    /**
     * Ends the rest of one account now.
     *
     * @return whether there is such an account
     */
    public synchronized boolean reset(AccountId id) {
        Optional<Slot> slot = slot(id);
        slot.ifPresent(known -> {
            keepingHealth(known, known::reset);
            egress.reset();
            queue.grantAll();
        });
        return slot.isPresent();
    }

    /** Asks for an account that is none of {@code tried}; the answer is waited for on the ticket. */
    public Ticket ticket(Set<AccountId> tried) {
        return queue.ticket(tried);
    }

    /** All accounts with their state, in the order of the ring. */
    public synchronized List<AccountStatus> statuses() {
        Instant now = clock.instant();
        return slots.stream().map(slot -> slot.status(now)).toList();
    }

    /** Why no account could be had now, however long one waited; empty where one can. */
    public Optional<NoAccountException> absence() {
        try {
            worthWaitingUntil(Set.of());
            return Optional.empty();
        } catch (NoAccountException absence) {
            return Optional.of(absence);
        }
    }

    /** How often the upstream failed in that way since the start. */
    public long failures(Failure.Kind kind) {
        return failures.of(kind);
    }

    /** The account of that number, as it is now. */
    public synchronized Optional<Account> find(AccountId id) {
        return slot(id).map(Slot::account);
    }

    /** The account of that number if it is that user's; else the one that the user has under another number. */
    public synchronized Optional<Account> find(AccountId id, Optional<String> user) {
        Predicate<Account> theirs = account -> account.credential().userId().equals(user);
        return find(id).filter(theirs)
                .or(() -> slots.stream()
                        .map(Slot::account)
                        .filter(account -> user.isPresent() && theirs.test(account))
                        .findFirst());
    }

    private Optional<Slot> slot(AccountId id) {
        return slots.stream().filter(slot -> slot.account().id().equals(id)).findFirst();
    }

    /** The next account that is free now and none of {@code tried}, leased; null when there is none at this moment. */
    synchronized @Nullable Lease take(Set<AccountId> tried) {
        Instant now = clock.instant();
        if (!egress.rested(now)) {
            return null;
        }
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get((next + i) % slots.size());
            if (!tried.contains(slot.account().id()) && slot.available(now) && slot.free(now, limits)) {
                next = (next + i + 1) % slots.size();
                slot.start(now);
                return new Lease(this, slot, new Lease.Epochs(slot.epoch(), egress.epoch()));
            }
        }
        return null;
    }

    /** When waiting for an account that is none of {@code tried} may first pay; throws when it never does. */
    synchronized Instant worthWaitingUntil(Set<AccountId> tried) throws NoAccountException {
        Instant now = clock.instant();
        List<Slot> able = slots.stream()
                .filter(slot -> !tried.contains(slot.account().id()) && slot.available(now))
                .toList();
        if (able.isEmpty() || !egress.rested(now)) {
            throw Absence.of(slots.stream().map(slot -> slot.status(now)).toList(), tried, egress.opensAt(now), now);
        }
        return able.stream()
                .map(slot -> slot.opensAt(now, limits))
                .min(Instant::compareTo)
                .orElse(now);
    }

    Instant now() {
        return clock.instant();
    }

    synchronized void succeeded(Slot slot, Lease.Epochs began) {
        keepingHealth(slot, () -> slot.succeeded(began.health()));
        egress.passed(began.egress());
        queue.grantAll();
    }

    synchronized void failed(Slot slot, Failure failure, Lease.Epochs began) {
        Instant now = clock.instant();
        failures.count(failure.kind());
        keepingHealth(slot, () -> slot.failed(failure, now, began.health()));
        if (Blame.of(failure.kind()) == Blame.CHALLENGE) {
            egress.challenged(now);
        }
        queue.wakeAll();
    }

    synchronized void release(Slot slot) {
        slot.end();
        queue.grantAll();
    }
}
