package dev.qwen2api.account;

import dev.qwen2api.failure.AccountPenalty;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Grants leases of pooled accounts in round robin, and records the outcome of each. Its monitor guards it, the pool
 * and the queue; all but the count of failures is called with the monitor held.
 */
final class LeaseGranter implements LeaseQueue.Pool {

    private final PooledAccounts pool;
    private final Admission admission;
    private final Clock clock;
    private final Map<FailureKind, LongAdder> failures = new ConcurrentHashMap<>();
    private final LeaseQueue queue;
    private int next;
    private CooldownPolicy policy;
    private RingLimits limits;
    private CircuitBreaker breaker = CircuitBreaker.CLOSED;

    LeaseGranter(
            PooledAccounts pool,
            Admission admission,
            Clock clock,
            LongSupplier nanoTime,
            CooldownPolicy policy,
            RingLimits limits) {
        this.pool = pool;
        this.admission = admission;
        this.clock = clock;
        this.policy = policy;
        this.limits = limits;
        this.queue = new LeaseQueue(this, nanoTime);
    }

    /** The queue of the requests that wait for leases. */
    LeaseQueue queue() {
        return queue;
    }

    void apply(CooldownPolicy newPolicy, RingLimits newLimits) {
        policy = newPolicy;
        limits = newLimits;
    }

    CooldownPolicy policy() {
        return policy;
    }

    /** Keeps the turn within the accounts that there are now. */
    void accountsReplaced() {
        next = pool.all().isEmpty() ? 0 : next % pool.all().size();
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    void resetBreaker() {
        breaker = breaker.reset();
    }

    /** How often the upstream failed in that way since the start. Needs no monitor. */
    long failures(FailureKind kind) {
        return failures.getOrDefault(kind, new LongAdder()).sum();
    }

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
                .filter(pooled -> !request.excluded().contains(pooled.account().id())
                        && pooled.isIn(request.needs(), now, alone)
                        && admission.decide(pooled.account()) != Admission.Decision.REFUSED)
                .toList();
        Optional<Instant> breakerUntil = breaker.openUntil(now);
        if (able.isEmpty() || breakerUntil.isPresent()) {
            throw pool.noAccount(request, alone, breakerUntil, now);
        }
        return able.stream()
                .map(pooled -> pooled.untilGapEnds(now, limits))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    @Override
    public Duration untilReturn(LeaseRequest request) {
        Instant now = clock.instant();
        boolean alone = pool.noneIsIn(request.needs(), now);
        return pool.noAccount(request, alone, breaker.openUntil(now), now)
                .retryAfter()
                .orElse(Duration.ZERO);
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
            synchronized (LeaseGranter.this) {
                if (!pooled.isOutdated(use)) {
                    pool.change(pooled, () -> pooled.succeeded(use));
                }
                breaker = breaker.succeeded(use.breaker());
                queue.grantAll();
            }
        }

        @Override
        public boolean isOutFor(RequestKind kind) {
            synchronized (LeaseGranter.this) {
                Instant now = clock.instant();
                return pooled.isOutFor(kind, now, pool.noneIsIn(Set.of(kind), now));
            }
        }

        @Override
        public void succeeded(RequestKind kind) {
            synchronized (LeaseGranter.this) {
                if (!pooled.isOutdated(use)) {
                    pool.change(pooled, () -> pooled.succeeded(use, kind));
                }
                queue.grantAll();
            }
        }

        @Override
        public void failed(Failure failure) {
            failures.computeIfAbsent(failure.kind(), first -> new LongAdder()).increment();
            synchronized (LeaseGranter.this) {
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
            synchronized (LeaseGranter.this) {
                pooled.end(use);
                queue.grantAll();
            }
        }
    }
}
