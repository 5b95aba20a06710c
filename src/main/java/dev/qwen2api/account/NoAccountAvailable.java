package dev.qwen2api.account;

import dev.qwen2api.account.NoAccountException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Explains why no account can be had: pure, from the accounts' states at one moment. */
final class NoAccountAvailable {

    private static final int NAMED_AT_MOST = 5;

    private NoAccountAvailable() {}

    static NoAccountException of(List<AccountStatus> all, Set<AccountId> tried, Instant egressOpensAt, Instant now) {
        Optional<Duration> wait = earliestReturn(all, egressOpensAt, now);
        return new NoAccountException(why(all, tried, egressOpensAt.isAfter(now)), wait, describe(all));
    }

    private static Reason why(List<AccountStatus> all, Set<AccountId> tried, boolean egressRests) {
        if (all.isEmpty()) {
            return Reason.NONE_CONFIGURED;
        }
        if (egressRests || every(all, status -> status.state() == AccountState.CHALLENGED)) {
            return Reason.ALL_CHALLENGED;
        }
        if (every(all, status -> status.state() == AccountState.EXPIRED)) {
            return Reason.ALL_EXPIRED;
        }
        boolean someoneWellWasTried = all.stream()
                .anyMatch(status ->
                        status.healthy() && tried.contains(status.account().id()));
        return someoneWellWasTried ? Reason.ALL_TRIED : Reason.ALL_RESTING;
    }

    private static boolean every(List<AccountStatus> all, Predicate<AccountStatus> test) {
        return all.stream().allMatch(test);
    }

    private static Optional<Duration> earliestReturn(List<AccountStatus> all, Instant egressOpensAt, Instant now) {
        Stream<Instant> returns = all.stream()
                .map(AccountStatus::retryAt)
                .flatMap(Optional::stream)
                .map(at -> at.isBefore(egressOpensAt) ? egressOpensAt : at);
        Stream<Instant> egress = egressOpensAt.isAfter(now) ? Stream.of(egressOpensAt) : Stream.empty();
        boolean anyHealthy = all.stream().anyMatch(AccountStatus::healthy);
        Stream<Instant> candidates = anyHealthy ? egress : returns;
        return candidates.min(Instant::compareTo).map(at -> Duration.between(now, at));
    }

    private static String describe(List<AccountStatus> all) {
        String named = all.stream()
                .filter(status -> !status.healthy())
                .limit(NAMED_AT_MOST)
                .map(status -> status.account().id() + " is " + status.state().wire()
                        + status.reason().map(reason -> " (" + reason + ")").orElse(""))
                .collect(Collectors.joining("; "));
        long more = all.stream().filter(status -> !status.healthy()).count() - NAMED_AT_MOST;
        return more > 0 ? named + "; and " + more + " more" : named;
    }
}
