package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.CliStatus.CliState;
import dev.qwen2api.account.Cooldown;
import dev.qwen2api.upstream.compatible.CliStore.StoredCli;
import dev.qwen2api.upstream.compatible.CliStore.StoredPause;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * What the CLI channel knows of one user. Immutable.
 *
 * @param kept what outlives the process
 * @param pausedSince when the pause began, by our clock
 * @param proven whether the service has accepted the credential, or it survived a restart
 */
record CliUser(StoredCli kept, Instant pausedSince, boolean proven) {

    /** The key of an account's user; a token that does not name its user stands for itself. */
    static String key(Account account) {
        return account.credential()
                .userId()
                .orElseGet(() -> "#" + account.credential().token().hashCode());
    }

    static CliUser of(String user, LocalDate today) {
        return new CliUser(new StoredCli(user, Optional.empty(), Optional.empty(), today, 0), Instant.EPOCH, false);
    }

    static CliUser restored(StoredCli kept, Instant now) {
        return new CliUser(kept, now, kept.credential().isPresent());
    }

    /**
     * How an account of this user is doing.
     *
     * @param clock its zone decides when a day ends
     */
    CliStatus status(AccountStatus inRing, int dailyLimit, Clock clock) {
        Instant now = clock.instant();
        Optional<Instant> used = inRing.lastUsed();
        int requests = requests(LocalDate.ofInstant(now, clock.getZone()));
        if (credential().isEmpty()) {
            Optional<StoredPause> pause = pauseAt(now);
            CliState state = pause.filter(StoredPause::unsupported).isPresent() ? CliState.UNSUPPORTED : CliState.NONE;
            Optional<String> reason = pause.map(StoredPause::reason).or(CliStatus.UNKNOWN::reason);
            return new CliStatus(state, reason, pause.map(StoredPause::until), requests, 0, used);
        }
        if (!inRing.healthy()) {
            return new CliStatus(CliState.LIMITED, inRing.reason(), inRing.retryAt(), requests, 0, used);
        }
        if (requests >= dailyLimit) {
            String reason = "Its " + dailyLimit + " requests of today are used up.";
            Instant midnight = now.plus(CompatibleErrorParser.untilMidnight(clock));
            return new CliStatus(CliState.LIMITED, Optional.of(reason), Optional.of(midnight), requests, 0, used);
        }
        return new CliStatus(CliState.READY, Optional.empty(), Optional.empty(), requests, dailyLimit - requests, used);
    }

    Optional<CliCredential> credential() {
        return kept.credential();
    }

    /** The pause that is on at {@code now}. */
    Optional<StoredPause> pauseAt(Instant now) {
        return kept.pause().filter(pause -> !Cooldown.isOver(pausedSince, pause.until(), now));
    }

    int requests(LocalDate today) {
        return today.equals(kept.day()) ? kept.requests() : 0;
    }

    CliUser granted(CliCredential credential) {
        return with(Optional.of(credential), Optional.empty(), proven);
    }

    CliUser accepted() {
        return with(credential(), Optional.empty(), true);
    }

    CliUser withoutCredential() {
        return with(Optional.empty(), kept.pause(), false);
    }

    CliUser paused(StoredPause pause, Instant now) {
        return new CliUser(with(credential(), Optional.of(pause), proven).kept, now, proven);
    }

    private CliUser with(Optional<CliCredential> credential, Optional<StoredPause> pause, boolean nowProven) {
        return new CliUser(
                new StoredCli(kept.user(), credential, pause, kept.day(), kept.requests()), pausedSince, nowProven);
    }

    CliUser counted(LocalDate today) {
        return withRequests(today, requests(today) + 1);
    }

    /** Takes a request back, unless its day is over. */
    CliUser uncounted(LocalDate day) {
        return day.equals(kept.day()) && kept.requests() > 0 ? withRequests(day, kept.requests() - 1) : this;
    }

    private CliUser withRequests(LocalDate day, int requests) {
        return new CliUser(
                new StoredCli(kept.user(), kept.credential(), kept.pause(), day, requests), pausedSince, proven);
    }
}
