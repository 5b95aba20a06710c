package dev.qwen2api.account;

import dev.qwen2api.failure.AccountPenalty;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Leases accounts in strict round robin to waiting requests. Accounts that cool down or run at their limits are
 * skipped. Thread-safe: one lock guards the ring and everything in it.
 */
public final class AccountRing {

    private final Clock clock;
    private final PooledAccounts pool;
    private final LeaseQueue queue;
    private final Leases lock = new Leases();
    private final Admission admission;
    private final Map<FailureKind, LongAdder> failures = new ConcurrentHashMap<>();
    private Consumer<List<Account>> follower = accounts -> {};
    private int next;
    private CooldownPolicy policy;
    private RingLimits limits;
    private CircuitBreaker breaker = CircuitBreaker.CLOSED;

    /** A ring that keeps the health of its accounts in {@code healthStore}. */
    public AccountRing(
            Clock clock, LongSupplier nanoTime, CooldownPolicy policy, RingLimits limits, HealthStore healthStore) {
        this(clock, nanoTime, policy, limits, healthStore, account -> Admission.Decision.ADMITTED);
    }

    /** The same, of which {@code admission} leaves out accounts that their channel cannot use. */
    public AccountRing(
            Clock clock,
            LongSupplier nanoTime,
            CooldownPolicy policy,
            RingLimits limits,
            HealthStore healthStore,
            Admission admission) {
        this.clock = clock;
        this.pool = new PooledAccounts(healthStore);
        this.admission = admission;
        this.policy = policy;
        this.limits = limits;
        this.queue = new LeaseQueue(lock, nanoTime);
    }

    /**
     * Puts these accounts, in this order, in place of the present ones. A user who stays keeps health and load,
     * whatever number the account has now; leases of accounts that are gone stay good until they are closed.
     */
    public void replace(List<Account> accounts) {
        replace(accounts, Map.of());
    }

    /**
     * The same when what was stored has become known: accounts that were not used yet take up the stored health of
     * their users.
     */
    public void replace(List<Account> accounts, Map<String, AccountHealth> stored) {
        synchronized (lock) {
            pool.replace(accounts, stored, clock.instant());
            next = pool.all().isEmpty() ? 0 : next % pool.all().size();
            queue.grantAll();
            queue.wakeAll();
            changed();
        }
    }

    /**
     * Passes all accounts to {@code newFollower} now and after each change, under the ring's lock: it must not block.
     */
    public void follow(Consumer<List<Account>> newFollower) {
        synchronized (lock) {
            follower = newFollower;
            changed();
        }
    }

    private void changed() {
        follower.accept(pool.all().stream().map(PooledAccount::account).toList());
    }

    /** Applies what has changed about the admission of accounts to the requests that wait. */
    public void admissionChanged() {
        synchronized (lock) {
            queue.grantAll();
            queue.wakeAll();
        }
    }

    /** Puts other rules in force from now on; cooldowns that have begun keep their end. */
    public void apply(CooldownPolicy newPolicy, RingLimits newLimits) {
        synchronized (lock) {
            policy = newPolicy;
            limits = newLimits;
            queue.grantAll();
        }
    }

    /**
     * Changes the session of one account, for example because the upstream set a cookie; unknown accounts are
     * ignored.
     */
    public void renew(AccountId id, UnaryOperator<Credential> change) {
        synchronized (lock) {
            pool.find(id).ifPresent(pooled -> {
                Account account = pooled.account();
                pool.change(pooled, () -> pooled.renew(account.with(change.apply(account.credential()))));
            });
            queue.grantAll();
            changed();
        }
    }

    /** Records what a check of an account's session met, as if a chat had failed in that way. */
    public void checked(AccountId id, Failure failure) {
        synchronized (lock) {
            Instant now = clock.instant();
            pool.find(id).ifPresent(pooled -> pool.change(pooled, () -> pooled.checked(failure, policy, now)));
            queue.wakeAll();
        }
    }

    /**
     * Ends the cooldowns of one account, and the circuit breaker's pause.
     *
     * @return whether there is such an account
     */
    public boolean reset(AccountId id) {
        synchronized (lock) {
            Optional<PooledAccount> pooled = pool.find(id);
            pooled.ifPresent(known -> {
                pool.change(known, known::reset);
                breaker = breaker.reset();
                queue.grantAll();
            });
            return pooled.isPresent();
        }
    }

    /**
     * Takes a place in the queue.
     *
     * @param kind the kind of request that failures concern which name no other
     * @param also further kinds of request that the account must be fit for
     */
    public PendingLease enqueue(RequestKind kind, RequestKind... also) {
        return enqueue(new LeaseRequest(kind, EnumSet.of(kind, also)));
    }

    /**
     * The same for a request that takes one account out of turn if that is free, without moving the round robin; any
     * other one in turn if not.
     */
    public PendingLease enqueue(Optional<AccountId> preferred, RequestKind kind, RequestKind... also) {
        return enqueue(new LeaseRequest(kind, EnumSet.of(kind, also)).prefer(preferred));
    }

    PendingLease enqueue(LeaseRequest request) {
        return queue.enqueue(request);
    }

    /** All accounts with their state, in the order of the ring. */
    public List<AccountStatus> statuses() {
        synchronized (lock) {
            Instant now = clock.instant();
            Set<RequestKind> alone = EnumSet.allOf(RequestKind.class);
            alone.removeIf(kind -> !pool.noneIsIn(Set.of(kind), now));
            return pool.all().stream().map(pooled -> pooled.status(now, alone)).toList();
        }
    }

    /** The circuit breaker of the way out. */
    public CircuitBreaker breaker() {
        synchronized (lock) {
            return breaker;
        }
    }

    /** Why no account could be had for a chat now, however long it waited; empty where one can. */
    public Optional<NoAccountException> absence() {
        try {
            synchronized (lock) {
                lock.untilWorthwhile(new LeaseRequest(RequestKind.CHAT, Set.of(RequestKind.CHAT)));
            }
            return Optional.empty();
        } catch (NoAccountException absence) {
            return Optional.of(absence);
        }
    }

    /** How often the upstream failed in that way since the start. */
    public long failures(FailureKind kind) {
        return failures.getOrDefault(kind, new LongAdder()).sum();
    }

    /** The account of that number, as it is now. */
    public Optional<Account> find(AccountId id) {
        synchronized (lock) {
            return pool.find(id).map(PooledAccount::account);
        }
    }

    /** The account of that number if it is that user's; else the one that the user has under another number. */
    public Optional<Account> find(AccountId id, Optional<String> user) {
        synchronized (lock) {
            return pool.find(id, user).map(PooledAccount::account);
        }
    }

    /** Grants leases to the queue; its monitor is the ring's lock. */
    private final class Leases implements LeaseQueue.Pool {

        @Override
        public @Nullable Lease take(LeaseRequest request) {
            Instant now = clock.instant();
            if (breaker.state(now) == CircuitBreaker.State.OPEN) {
                return null;
            }
            boolean alone = pool.noneIsIn(request.needs(), now);
            Optional<PooledAccount> preferred =
                    request.preferred().flatMap(pool::find).filter(pooled -> isFree(pooled, request, now, alone));
            if (preferred.isPresent()) {
                return lease(preferred.get(), request, now);
            }
            List<PooledAccount> ring = pool.all();
            for (int i = 0; i < ring.size(); i++) {
                PooledAccount pooled = ring.get((next + i) % ring.size());
                if (isFree(pooled, request, now, alone)) {
                    next = (next + i + 1) % ring.size();
                    return lease(pooled, request, now);
                }
            }
            return null;
        }

        private boolean isFree(PooledAccount pooled, LeaseRequest request, Instant now, boolean alone) {
            return !request.excluded().contains(pooled.account().id())
                    && pooled.isIn(request.needs(), now, alone)
                    && pooled.isFree(request.needs(), now, limits)
                    && admission.decide(pooled.account()) == Admission.Decision.ADMITTED;
        }

        private Lease lease(PooledAccount pooled, LeaseRequest request, Instant now) {
            request.excluded().add(pooled.account().id());
            return new PoolLease(pooled, pooled.start(request, breaker, now));
        }

        @Override
        public Duration untilWorthwhile(LeaseRequest request) throws NoAccountException {
            Instant now = clock.instant();
            boolean alone = pool.noneIsIn(request.needs(), now);
            List<PooledAccount> able = pool.all().stream()
                    .filter(pooled ->
                            !request.excluded().contains(pooled.account().id())
                                    && pooled.isIn(request.needs(), now, alone)
                                    && admission.decide(pooled.account()) != Admission.Decision.REFUSED)
                    .toList();
            Optional<Instant> breakerUntil = breaker.openUntil(now);
            if (able.isEmpty() || breakerUntil.isPresent()) {
                throw pool.absence(request, alone, breakerUntil, now);
            }
            return able.stream()
                    .map(pooled -> pooled.untilGapEnds(now, limits))
                    .min(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }
    }

    private final class PoolLease implements Lease {

        private final PooledAccount pooled;
        private final PooledAccount.Use use;
        private final Account account;

        PoolLease(PooledAccount pooled, PooledAccount.Use use) {
            this.pooled = pooled;
            this.use = use;
            this.account = pooled.account();
        }

        @Override
        public Account account() {
            return account;
        }

        @Override
        public void succeeded() {
            synchronized (lock) {
                if (!pooled.isOutdated(use)) {
                    pool.change(pooled, () -> pooled.succeeded(use));
                }
                breaker = breaker.succeeded(use.breaker());
                queue.grantAll();
            }
        }

        @Override
        public void failed(Failure failure) {
            failures.computeIfAbsent(failure.kind(), first -> new LongAdder()).increment();
            synchronized (lock) {
                Instant now = clock.instant();
                if (use.request().charges(failure) && !pooled.isOutdated(use)) {
                    pool.change(pooled, () -> pooled.failed(use, failure, policy, now));
                }
                boolean challenged = failure.kind().penalty() == AccountPenalty.CHALLENGE
                        && use.request().scope(failure) != RequestKind.UPLOAD;
                if (challenged && !pooled.isOutdated(use)) {
                    breaker = breaker.challenged(use.breaker(), policy, now);
                }
                queue.wakeAll();
            }
        }

        @Override
        public void close() {
            synchronized (lock) {
                pooled.end(use);
                queue.grantAll();
            }
        }
    }
}
