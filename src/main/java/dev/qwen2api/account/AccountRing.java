package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Leases accounts in strict round robin to waiting requests. Accounts that cool down or run at their limits are
 * skipped. Thread-safe: one lock guards the ring and everything in it.
 */
public final class AccountRing {

    private final Clock clock;
    private final PooledAccounts pool;
    /** Its monitor is the ring's lock. */
    private final LeaseGranter granter;

    private final LeaseQueue queue;
    private Consumer<List<Account>> follower = accounts -> {};

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
        this.granter = new LeaseGranter(pool, admission, clock, nanoTime, policy, limits);
        this.queue = granter.queue();
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
        replace(accounts, Set.of(), stored);
    }

    /** The same, and remembers {@code awayUsers}, who have no account now but may come back. */
    public void replace(List<Account> accounts, Set<String> awayUsers, Map<String, AccountHealth> stored) {
        synchronized (granter) {
            pool.replace(accounts, awayUsers, stored, clock.instant());
            granter.accountsReplaced();
            queue.grantAll();
            queue.wakeAll();
            changed();
        }
    }

    /**
     * Passes all accounts to {@code newFollower} now and after each change, under the ring's lock: it must not block.
     */
    public void follow(Consumer<List<Account>> newFollower) {
        synchronized (granter) {
            follower = newFollower;
            changed();
        }
    }

    private void changed() {
        follower.accept(all());
    }

    /** Applies what has changed about the admission of accounts to the requests that wait. */
    public void admissionChanged() {
        synchronized (granter) {
            queue.grantAll();
            queue.wakeAll();
        }
    }

    /** Puts other rules in force from now on; cooldowns that have begun keep their end. */
    public void apply(CooldownPolicy newPolicy, RingLimits newLimits) {
        synchronized (granter) {
            granter.apply(newPolicy, newLimits);
            queue.grantAll();
        }
    }

    /**
     * Changes the session of one account, for example because the upstream set a cookie; unknown accounts are
     * ignored.
     */
    public void renew(AccountId id, UnaryOperator<Credential> change) {
        synchronized (granter) {
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
        synchronized (granter) {
            Instant now = clock.instant();
            pool.find(id)
                    .ifPresent(pooled -> pool.change(pooled, () -> pooled.checked(failure, granter.policy(), now)));
            queue.wakeAll();
        }
    }

    /**
     * Ends the cooldowns of one account, and the circuit breaker's pause.
     *
     * @return whether there is such an account
     */
    public boolean reset(AccountId id) {
        synchronized (granter) {
            Optional<PooledAccount> pooled = pool.find(id);
            pooled.ifPresent(known -> {
                pool.change(known, known::reset);
                granter.resetBreaker();
                queue.grantAll();
            });
            return pooled.isPresent();
        }
    }

    /**
     * Takes a place in the queue.
     *
     * @param preferred the account to take out of turn if it is free, without moving the round robin; any other one is
     *     taken in turn if not
     * @param kind the kind of request that failures concern which name no other
     * @param also further kinds of request that the account must be fit for
     */
    public PendingLease enqueue(Optional<AccountId> preferred, RequestKind kind, RequestKind... also) {
        return enqueue(new LeaseRequest(kind, EnumSet.of(kind, also)).prefer(preferred));
    }

    PendingLease enqueue(LeaseRequest request) {
        return queue.enqueue(request);
    }

    /** All accounts with their newest sessions, in the order of the ring. */
    public List<Account> all() {
        synchronized (granter) {
            return pool.all().stream().map(PooledAccount::account).toList();
        }
    }

    /**
     * The accounts whose session is alive, or can be renewed, in the order of the ring, whatever limits they have.
     */
    public List<Account> signedIn() {
        synchronized (granter) {
            Instant now = clock.instant();
            return pool.all().stream()
                    .filter(pooled -> pooled.isIn(Set.of(), now, false))
                    .map(PooledAccount::account)
                    .toList();
        }
    }

    /** All accounts with their state, in the order of the ring. */
    public List<AccountStatus> statuses() {
        synchronized (granter) {
            Instant now = clock.instant();
            Set<RequestKind> alone = EnumSet.allOf(RequestKind.class);
            alone.removeIf(kind -> !pool.noneIsIn(Set.of(kind), now));
            return pool.all().stream().map(pooled -> pooled.status(now, alone)).toList();
        }
    }

    /** The circuit breaker of the way out. */
    public CircuitBreaker breaker() {
        synchronized (granter) {
            return granter.breaker();
        }
    }

    /** Why no account could be had for a chat now, however long it waited; empty where one can. */
    public Optional<NoAccountException> noAccount() {
        try {
            synchronized (granter) {
                granter.untilWorthwhile(new LeaseRequest(RequestKind.CHAT, Set.of(RequestKind.CHAT)));
            }
            return Optional.empty();
        } catch (NoAccountException unavailable) {
            return Optional.of(unavailable);
        }
    }

    /** How often the upstream failed in that way since the start. */
    public long failures(FailureKind kind) {
        return granter.failures(kind);
    }

    /** The users without an account who may come back. */
    public Set<String> awayUsers() {
        synchronized (granter) {
            return pool.awayUsers();
        }
    }

    /** An account as it is now. */
    public Optional<Account> find(Account account) {
        return find(account.id(), account.credential().userId());
    }

    /** The account of a user, whatever number it has by now; of that number where the user is unknown. */
    public Optional<Account> find(AccountId id, Optional<String> user) {
        synchronized (granter) {
            return pool.find(id, user).map(PooledAccount::account);
        }
    }
}
