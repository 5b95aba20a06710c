package dev.qwen2api.account;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One account in the ring, with its load and health. Guarded by the ring's lock. */
final class PooledAccount {

    private static final Set<RequestKind> CHAT = Set.of(RequestKind.CHAT);

    private final List<Use> uses = new ArrayList<>();
    private Account account;
    private AccountHealth health;
    private int session;
    private @Nullable ParallelLimit parallelLimit;
    private @Nullable Instant lastStart;
    private @Nullable Instant lastUsed;

    /** Fewer generations at once for a while, because the service refused one more (13 row 3, 2026-09). */
    private record ParallelLimit(int most, Instant begun) {

        static final Duration LASTS = Duration.ofMinutes(5);

        boolean isOver(Instant now) {
            return Cooldown.isOver(begun, begun.plus(LASTS), now);
        }
    }

    /** A running generation, and the state of its account when it began. */
    static final class Use {

        private final LeaseRequest request;
        private final AccountHealth health;
        private final CircuitBreaker breaker;
        private final int session;

        private Use(LeaseRequest request, AccountHealth health, CircuitBreaker breaker, int session) {
            this.request = request;
            this.health = health;
            this.breaker = breaker;
            this.session = session;
        }

        LeaseRequest request() {
            return request;
        }

        CircuitBreaker breaker() {
            return breaker;
        }
    }

    PooledAccount(Account account) {
        this.account = account;
        this.health = AccountHealth.WELL;
    }

    Account account() {
        return account;
    }

    AccountHealth health() {
        return health;
    }

    Optional<String> user() {
        return account.credential().userId();
    }

    boolean isOf(Optional<String> user) {
        return user.isPresent() && user().equals(user);
    }

    boolean isOf(Account other) {
        return account.credential().equals(other.credential())
                || isOf(other.credential().userId());
    }

    /** Puts a session of the same user in that the owner copied: what is still running belongs to an older one. */
    void replace(Account copied) {
        if (!copied.credential().isSameSession(account.credential())) {
            session++;
        }
        renew(copied);
    }

    /** Puts a renewed session in; a fresh token, or one that can be renewed now, ends the cooldown of a dead one. */
    void renew(Account renewed) {
        Credential before = account.credential();
        Credential after = renewed.credential();
        boolean fresh = !after.token().equals(before.token()) || after.isRenewable() && !before.isRenewable();
        account = renewed;
        if (fresh) {
            health = health.sessionRenewed();
        }
    }

    /** Whether no request went out with it yet, so that what was stored is the newest that is known. */
    boolean isUntried() {
        return lastStart == null;
    }

    void resume(AccountHealth stored) {
        health = stored;
    }

    /**
     * Whether it is in the ring for such requests: only limits of load may keep one from it. A session that can be
     * renewed is alive.
     */
    boolean isIn(Collection<RequestKind> needs, Instant now, boolean alone) {
        return !account.credential().isDeadAt(now)
                && health.running(needs, now, alone).isEmpty();
    }

    boolean isFree(Set<RequestKind> needs, Instant now, RingLimits limits) {
        boolean belowLimit = uses.size() < mostAtOnce(now, limits);
        boolean onTrial = uses.stream().anyMatch(use -> health.isTrial(use.health, use.request.needs(), needs));
        return belowLimit && !onTrial && untilGapEnds(now, limits).isZero();
    }

    private int mostAtOnce(Instant now, RingLimits limits) {
        int most = limits.maxConcurrent() == 0 ? Integer.MAX_VALUE : limits.maxConcurrent();
        return parallelLimit == null || parallelLimit.isOver(now) ? most : Math.min(most, parallelLimit.most());
    }

    /** How long the pause after its latest start still lasts; a clock that was set back by more than it ends it. */
    Duration untilGapEnds(Instant now, RingLimits limits) {
        Duration gap = limits.minGap();
        if (lastStart == null || gap.isZero() || now.isBefore(lastStart.minus(gap))) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, lastStart.plus(gap));
        return left.isNegative() ? Duration.ZERO : left;
    }

    Use start(LeaseRequest request, CircuitBreaker breaker, Instant now) {
        var use = new Use(request, health, breaker, session);
        uses.add(use);
        lastStart = now;
        lastUsed = now;
        return use;
    }

    void end(Use use) {
        uses.remove(use);
    }

    /** Whether the owner has put another session in since: nothing that came of the old one concerns it. */
    boolean isOutdated(Use use) {
        return use.session != session;
    }

    void succeeded(Use use) {
        health = health.succeeded(use.request.needs(), use.health);
    }

    void succeeded(Use use, RequestKind kind) {
        health = health.succeeded(kind, use.health);
    }

    boolean isOutFor(RequestKind kind, Instant now, boolean alone) {
        return health.of(kind).running(now, alone).isPresent();
    }

    void failed(Use use, Failure failure, CooldownPolicy policy, Instant now) {
        if (failure.kind() == FailureKind.PARALLEL_LIMITED) {
            ParallelLimit known = parallelLimit;
            int most = Math.max(1, uses.size() / 2);
            int least = known == null || known.isOver(now) ? most : Math.min(most, known.most());
            parallelLimit = new ParallelLimit(least, now);
        }
        health = health.failed(failure, use.request.scope(failure), policy, now, use.health);
    }

    void checked(Failure failure, CooldownPolicy policy, Instant now) {
        health = health.failed(failure, RequestKind.CHAT, policy, now, health);
    }

    void reset() {
        parallelLimit = null;
        health = health.reset();
    }

    /**
     * Its state for chats.
     *
     * @param alone the kinds of request that no other account could answer
     */
    AccountStatus status(Instant now, Set<RequestKind> alone) {
        return status(CHAT, now, alone.contains(RequestKind.CHAT), alone);
    }

    /** Its state as such requests find it. */
    AccountStatus status(Set<RequestKind> needs, Instant now, boolean alone) {
        return status(needs, now, alone, alone ? needs : Set.of());
    }

    private AccountStatus status(Set<RequestKind> needs, Instant now, boolean alone, Set<RequestKind> aloneFor) {
        boolean ended = account.credential().isDeadAt(now);
        Optional<Cooldown> running = health.running(needs, now, alone);
        AccountState state =
                ended ? AccountState.EXPIRED : running.map(Cooldown::state).orElse(AccountState.ACTIVE);
        Optional<String> reason = running.filter(each -> each.state() == state)
                .map(Cooldown::reason)
                .or(() -> SessionExpiry.warning(account.credential(), now));
        return new AccountStatus(
                account,
                state,
                reason,
                health.failureCount(),
                Optional.ofNullable(lastUsed),
                ended ? Optional.empty() : running.map(Cooldown::until),
                uses.size(),
                cooldowns(now, aloneFor));
    }

    private EnumMap<RequestKind, Cooldown> cooldowns(Instant now, Set<RequestKind> alone) {
        var out = new EnumMap<RequestKind, Cooldown>(RequestKind.class);
        for (RequestKind kind : RequestKind.values()) {
            health.of(kind).running(now, alone.contains(kind)).ifPresent(cooldown -> out.put(kind, cooldown));
        }
        return out;
    }
}
