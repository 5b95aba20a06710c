package dev.qwen2api.account;

import dev.qwen2api.failure.AccountPenalty;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.RequestKind;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The health of one account: of its session, and of each kind of request, whose limits the service keeps apart.
 * Immutable.
 *
 * @param session what concerns every request: a dead session, a human check
 * @param kinds cooldowns and failures of single kinds of request; a kind that is missing is well
 */
public record AccountHealth(HealthState session, Map<RequestKind, HealthState> kinds) {

    public static final AccountHealth WELL = new AccountHealth(HealthState.WELL, Map.of());

    public AccountHealth {
        kinds = Map.copyOf(kinds);
    }

    public HealthState of(RequestKind kind) {
        return kinds.getOrDefault(kind, HealthState.WELL);
    }

    /**
     * The cooldown that keeps such requests away for the longest time; empty where none does.
     *
     * @param alone whether no other account could answer
     */
    Optional<Cooldown> running(Collection<RequestKind> needs, Instant now, boolean alone) {
        Optional<Cooldown> longest = session.running(now, alone);
        for (RequestKind kind : needs) {
            Optional<Cooldown> other = of(kind).running(now, alone);
            boolean longer = other.isPresent()
                    && (longest.isEmpty()
                            || other.get().until().isAfter(longest.get().until()));
            longest = longer ? other : longest;
        }
        return longest;
    }

    /**
     * Whether a request that began in {@code since} and needs {@code theirs} is the trial that requests of {@code
     * needs} wait for.
     */
    boolean isTrial(AccountHealth since, Set<RequestKind> theirs, Set<RequestKind> needs) {
        boolean trial = isTrial(session, since.session);
        for (RequestKind kind : needs) {
            trial |= theirs.contains(kind) && isTrial(of(kind), since.of(kind));
        }
        return trial;
    }

    private static boolean isTrial(HealthState now, HealthState since) {
        return now.isHalfOpen() && since.epoch() == now.epoch();
    }

    /** After a request that began in {@code since} and succeeded. */
    AccountHealth succeeded(Set<RequestKind> needs, AccountHealth since) {
        HealthState ofSession = session.succeeded(since.session);
        AccountHealth next = ofSession.equals(session) ? this : new AccountHealth(ofSession, kinds);
        for (RequestKind kind : needs) {
            next = next.succeeded(kind, since);
        }
        return next;
    }

    /** After something of that kind that began in {@code since} and succeeded. */
    AccountHealth succeeded(RequestKind kind, AccountHealth since) {
        return with(kind, of(kind).succeeded(since.of(kind)));
    }

    /**
     * After a request that began in {@code since} and failed. A dead session concerns every request, a human check
     * every request but those where it was met at an upload; anything else concerns requests of its kind.
     */
    AccountHealth failed(Failure failure, RequestKind kind, CooldownPolicy policy, Instant now, AccountHealth since) {
        AccountPenalty penalty = failure.kind().penalty();
        boolean ofSession =
                penalty == AccountPenalty.EXPIRE || penalty == AccountPenalty.CHALLENGE && kind != RequestKind.UPLOAD;
        return ofSession
                ? new AccountHealth(session.failed(failure, policy, now, since.session), kinds)
                : with(kind, of(kind).failed(failure, policy, now, since.of(kind)));
    }

    private AccountHealth with(RequestKind kind, HealthState state) {
        if (state.equals(of(kind))) {
            return this;
        }
        var next = new EnumMap<RequestKind, HealthState>(RequestKind.class);
        next.putAll(kinds);
        next.put(kind, state);
        return new AccountHealth(session, next);
    }

    /** After a fresh session took the place of the old one. */
    AccountHealth sessionRenewed() {
        return each(HealthState::sessionRenewed);
    }

    /** Without any cooldown. */
    AccountHealth reset() {
        return each(HealthState::reset);
    }

    /** As found in the store at {@code now}. */
    AccountHealth resumed(Instant now) {
        return each(state -> state.resumed(now));
    }

    private AccountHealth each(UnaryOperator<HealthState> change) {
        var next = new EnumMap<RequestKind, HealthState>(RequestKind.class);
        kinds.forEach((kind, state) -> next.put(kind, change.apply(state)));
        return new AccountHealth(change.apply(session), next);
    }

    /** Consecutive failures of the kind that has most of them. */
    int failureCount() {
        return Stream.concat(Stream.of(session), kinds.values().stream())
                .mapToInt(HealthState::failures)
                .max()
                .orElse(0);
    }
}
