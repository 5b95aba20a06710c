package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The accounts in their order, handed out in strict round robin to those who ask for a {@link PendingLease}. Accounts that rest,
 * and those at their limits of load, are passed over. Thread-safe: one lock guards the ring and everything in it.
 */
public final class AccountRing {

    private final Clock clock;
    private final HealthStore healthStore;
    private final Admission admission;
    private final LeaseQueue queue = new LeaseQueue(this);
    private final FailureCounts failures = new FailureCounts();
    private List<PooledAccount> slots = List.of();
    private Consumer<List<Account>> follower = accounts -> {};
    private int next;
    private CooldownPolicy policy;
    private RingLimits limits;
    private CircuitBreaker circuitBreaker;

    /** A ring that keeps the health of its accounts in {@code healthStore}. */
    public AccountRing(Clock clock, CooldownPolicy policy, RingLimits limits, HealthStore healthStore) {
        this(clock, policy, limits, healthStore, account -> Admission.Decision.ADMITTED);
    }

    /** The same, of which {@code admission} leaves out accounts that their channel cannot use. */
    public AccountRing(
            Clock clock, CooldownPolicy policy, RingLimits limits, HealthStore healthStore, Admission admission) {
        this.clock = clock;
        this.healthStore = healthStore;
        this.admission = admission;
        this.policy = policy;
        this.limits = limits;
        this.circuitBreaker = new CircuitBreaker(policy);
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
        Map<AccountId, PooledAccount> known = new HashMap<>();
        accounts.forEach(account -> claim(
                account,
                left,
                known,
                pooledAccount -> pooledAccount.account().id().equals(account.id())));
        accounts.forEach(account -> claim(account, left, known, pooledAccount -> true));
        slots = accounts.stream()
                .map(account -> resumed(
                        known.getOrDefault(account.id(), new PooledAccount(account, health(HealthStore.Snapshot.WELL))),
                        kept))
                .toList();
        left.forEach(this::forgetIfGone);
        next = slots.isEmpty() ? 0 : next % slots.size();
        queue.grantAll();
        queue.wakeAll();
        changed();
    }

    /** Passes all accounts to {@code next} now and after each change, under the ring's lock: it must not block. */
    public synchronized void follow(Consumer<List<Account>> next) {
        follower = next;
        changed();
    }

    private void changed() {
        follower.accept(slots.stream().map(PooledAccount::account).toList());
    }

    /** Applies what has changed about the admission of accounts to the requests that wait. */
    public synchronized void admissionChanged() {
        queue.grantAll();
        queue.wakeAll();
    }

    /** Finds the place that the user of an account has already, where no account has claimed it. */
    private void claim(
            Account account,
            List<PooledAccount> left,
            Map<AccountId, PooledAccount> known,
            Predicate<PooledAccount> eligible) {
        if (!known.containsKey(account.id())) {
            left.stream()
                    .filter(eligible)
                    .filter(pooledAccount -> sameUser(pooledAccount.account().credential(), account.credential()))
                    .findFirst()
                    .ifPresent(pooledAccount -> {
                        left.remove(pooledAccount);
                        renew(pooledAccount, account);
                        known.put(account.id(), pooledAccount);
                    });
        }
    }

    private PooledAccount resumed(PooledAccount pooledAccount, Map<String, HealthStore.Snapshot> kept) {
        pooledAccount
                .account()
                .credential()
                .userId()
                .map(kept::get)
                .filter(health -> pooledAccount.isUntried())
                .ifPresent(health -> pooledAccount.resume(health(health)));
        return pooledAccount;
    }

    private AccountHealth health(HealthStore.Snapshot kept) {
        return new AccountHealth(policy, kept, clock.instant());
    }

    /** A user who comes back some day begins well. */
    private void forgetIfGone(PooledAccount pooledAccount) {
        Optional<String> user = pooledAccount.account().credential().userId();
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
    public synchronized void apply(CooldownPolicy newPolicy, RingLimits newLimits) {
        if (!newPolicy.equals(policy)) {
            policy = newPolicy;
            circuitBreaker = circuitBreaker.under(newPolicy);
            slots.forEach(pooledAccount -> pooledAccount.apply(newPolicy, clock.instant()));
        }
        limits = newLimits;
        queue.grantAll();
    }

    /** Changes the session of one account, for example because the upstream set a cookie; unknown accounts are ignored. */
    public synchronized void renew(AccountId id, UnaryOperator<Credential> change) {
        slot(id).ifPresent(pooledAccount -> renew(
                pooledAccount,
                pooledAccount
                        .account()
                        .with(change.apply(pooledAccount.account().credential()))));
        queue.grantAll();
        changed();
    }

    private void renew(PooledAccount pooledAccount, Account account) {
        keepingHealth(pooledAccount, () -> pooledAccount.renew(account));
    }

    /** Makes a change, and keeps the health that came of it where that is another one and the account still counts. */
    private void keepingHealth(PooledAccount pooledAccount, Runnable change) {
        HealthStore.Snapshot before = pooledAccount.snapshot();
        change.run();
        HealthStore.Snapshot after = pooledAccount.snapshot();
        if (!after.equals(before) && slots.contains(pooledAccount)) {
            pooledAccount.account().credential().userId().ifPresent(user -> healthStore.save(user, after));
        }
    }

    /**
     * Ends the rest of one account now.
     *
     * @return whether there is such an account
     */
    public synchronized boolean reset(AccountId id) {
        Optional<PooledAccount> slot = slot(id);
        slot.ifPresent(known -> {
            keepingHealth(known, known::reset);
            circuitBreaker.reset();
            queue.grantAll();
        });
        return slot.isPresent();
    }

    /** Asks for an account that is none of {@code tried}; the answer is waited for on the ticket. */
    public PendingLease ticket(Set<AccountId> tried) {
        return queue.ticket(tried);
    }

    /** All accounts with their state, in the order of the ring. */
    public synchronized List<AccountStatus> statuses() {
        Instant now = clock.instant();
        return slots.stream().map(pooledAccount -> pooledAccount.status(now)).toList();
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
    public long failures(FailureKind kind) {
        return failures.of(kind);
    }

    /** The account of that number, as it is now. */
    public synchronized Optional<Account> find(AccountId id) {
        return slot(id).map(PooledAccount::account);
    }

    /** The account of that number if it is that user's; else the one that the user has under another number. */
    public synchronized Optional<Account> find(AccountId id, Optional<String> user) {
        Predicate<Account> theirs = account -> account.credential().userId().equals(user);
        return find(id).filter(theirs)
                .or(() -> slots.stream()
                        .map(PooledAccount::account)
                        .filter(account -> user.isPresent() && theirs.test(account))
                        .findFirst());
    }

    private Optional<PooledAccount> slot(AccountId id) {
        return slots.stream()
                .filter(pooledAccount -> pooledAccount.account().id().equals(id))
                .findFirst();
    }

    /** The next account that is free now and none of {@code tried}, leased; null when there is none at this moment. */
    synchronized @Nullable Lease take(Set<AccountId> tried) {
        Instant now = clock.instant();
        if (!circuitBreaker.rested(now)) {
            return null;
        }
        for (int i = 0; i < slots.size(); i++) {
            PooledAccount pooledAccount = slots.get((next + i) % slots.size());
            if (!tried.contains(pooledAccount.account().id())
                    && pooledAccount.available(now)
                    && pooledAccount.free(now, limits)
                    && admission.decide(pooledAccount.account()) == Admission.Decision.ADMITTED) {
                next = (next + i + 1) % slots.size();
                pooledAccount.start(now);
                return new Lease(this, pooledAccount, new Lease.Epochs(pooledAccount.epoch(), circuitBreaker.epoch()));
            }
        }
        return null;
    }

    /** When waiting for an account that is none of {@code tried} may first pay; throws when it never does. */
    synchronized Instant worthWaitingUntil(Set<AccountId> tried) throws NoAccountException {
        Instant now = clock.instant();
        List<PooledAccount> able = slots.stream()
                .filter(pooledAccount -> !tried.contains(pooledAccount.account().id())
                        && pooledAccount.available(now)
                        && admission.decide(pooledAccount.account()) != Admission.Decision.REFUSED)
                .toList();
        if (able.isEmpty() || !circuitBreaker.rested(now)) {
            throw NoAccountAvailable.of(
                    slots.stream()
                            .map(pooledAccount -> pooledAccount.status(now))
                            .toList(),
                    tried,
                    circuitBreaker.opensAt(now),
                    now);
        }
        return able.stream()
                .map(pooledAccount -> pooledAccount.opensAt(now, limits))
                .min(Instant::compareTo)
                .orElse(now);
    }

    Instant now() {
        return clock.instant();
    }

    synchronized void succeeded(PooledAccount pooledAccount, Lease.Epochs began) {
        keepingHealth(pooledAccount, () -> pooledAccount.succeeded(began.health()));
        circuitBreaker.passed(began.egress());
        queue.grantAll();
    }

    synchronized void failed(PooledAccount pooledAccount, Failure failure, Lease.Epochs began) {
        Instant now = clock.instant();
        failures.count(failure.kind());
        keepingHealth(pooledAccount, () -> pooledAccount.failed(failure, now, began.health()));
        if (AccountPenalty.of(failure.kind()) == AccountPenalty.CHALLENGE) {
            circuitBreaker.challenged(now);
        }
        queue.wakeAll();
    }

    synchronized void release(PooledAccount pooledAccount) {
        pooledAccount.end();
        queue.grantAll();
    }
}
