package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.Credential;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews sessions with their refresh tokens. Concurrent requests share one renewal, because the upstream accepts a
 * refresh token once and replaces it. Thread-safe; only {@link #drain} blocks.
 */
public final class SessionKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);

    /**
     * For how long a new token counts as valid even if the local clock says it has expired, and the pause after a
     * failed early renewal.
     */
    private static final Duration PAUSE = Duration.ofMinutes(5);

    static final Failure ENDED = Failure.of(FailureKind.EXPIRED, "its token has ended");

    private static final Failure NOT_RENEWABLE = Failure.of(FailureKind.EXPIRED, "its session cannot be renewed");

    private final QwenClient client;
    private final AccountRegistry registry;
    private final Function<Account, Optional<Account>> accounts;
    private final Clock clock;
    private final Executor executor;
    private final Map<Presented, Renewal> underWay = new HashMap<>();
    private final Map<AccountId, Landing> latest = new HashMap<>();

    /** The key of a running renewal. */
    private record Presented(AccountId account, String refreshToken) {

        @Override
        public String toString() {
            return "Presented[" + account + "]";
        }
    }

    /**
     * A running renewal.
     *
     * @param account completes as soon as the new token is known
     * @param end completes with the reply's body
     */
    private record Renewal(CompletableFuture<Account> account, CompletableFuture<?> end) {}

    /** When the latest renewal ended, and whether it succeeded. */
    private record Landing(Instant at, boolean renewed) {}

    /**
     * @param registry receives the outcome of renewals
     * @param accounts finds an account as it is now, with its newest session
     * @param executor sends renewals, which may wait for DNS, and stores renewed sessions, which may wait for the disk:
     *     threads of the HTTP client and those of requests must not
     */
    public SessionKeeper(
            QwenClient client,
            AccountRegistry registry,
            Function<Account, Optional<Account>> accounts,
            Clock clock,
            Executor executor) {
        this.client = client;
        this.registry = registry;
        this.accounts = accounts;
        this.clock = clock;
        this.executor = executor;
    }

    /** Whether a session has expired and must be renewed before it is used. */
    synchronized boolean hasEnded(Account account) {
        Landing landing = latest.get(account.id());
        boolean fresh = landing != null && landing.renewed() && rests(landing);
        Credential session = account.credential();
        boolean ended = session.token().isEmpty() || session.expiredAt(clock.instant());
        return session.isRenewable() && ended && !fresh;
    }

    /**
     * The account with its current session, renewed first if its token has expired.
     *
     * @return fails with an {@link UpstreamException} if the session has expired and cannot be renewed
     */
    CompletableFuture<Account> living(Account used) {
        Account present = accounts.apply(used).orElse(used);
        if (hasEnded(present)) {
            return renewed(present, ENDED);
        }
        return present.credential().isDeadAt(clock.instant())
                ? CompletableFuture.failedFuture(new UpstreamException(ENDED))
                : CompletableFuture.completedFuture(present);
    }

    /** Starts the renewal of a session that expires soon, without waiting. */
    synchronized void lookAhead(Account account) {
        boolean wanted =
                account.credential().isRenewable() && account.credential().nearEndAt(clock.instant());
        Landing landing = latest.get(account.id());
        if (wanted && (landing == null || !rests(landing))) {
            renewed(account, NOT_RENEWABLE).exceptionally(logged -> account);
        }
    }

    private boolean rests(Landing landing) {
        return clock.instant().isBefore(landing.at().plus(PAUSE));
    }

    /**
     * The account with a newer session than {@code used} has: the current one if it is newer, else that of a renewal
     * shared by all callers.
     *
     * @param dead the failure for a session that cannot be renewed
     * @return fails with an {@link UpstreamException}; cancelling it does not cancel the renewal
     */
    synchronized CompletableFuture<Account> renewed(Account used, Failure dead) {
        Optional<Account> present = accounts.apply(used);
        if (present.filter(account -> isNewer(account, used)).isPresent()) {
            return CompletableFuture.completedFuture(present.get());
        }
        return present.filter(account -> account.credential().isRenewable())
                .map(this::begin)
                .orElseGet(() -> CompletableFuture.failedFuture(new UpstreamException(dead)));
    }

    private static boolean isNewer(Account account, Account used) {
        return !account.credential().token().equals(used.credential().token());
    }

    private synchronized CompletableFuture<Account> begin(Account account) {
        var presented = new Presented(account.id(), account.credential().refreshToken());
        Renewal known = underWay.get(presented);
        if (known != null) {
            return known.account().copy();
        }
        var renewed = new CompletableFuture<Account>();
        var head = new CompletableFuture<Map<String, String>>();
        CompletableFuture<Boolean> served = head.thenApplyAsync(cookies -> serve(account, cookies, renewed), executor);
        CompletableFuture<HttpResponse<byte[]>> reply = CompletableFuture.completedFuture(account)
                .thenComposeAsync(asked -> client.renew(asked, head::complete), executor);
        CompletableFuture<?> end = reply.handle((whole, broken) -> head.complete(Map.of()))
                .thenCombine(served.exceptionally(bug -> false), (ended, taken) -> taken)
                .thenCompose(taken -> reply.handleAsync(
                        (whole, broken) -> landed(account, renewed.getNow(account), whole, broken), executor))
                .whenComplete((landed, failed) -> conclude(presented, renewed, landed, failed));
        underWay.put(presented, new Renewal(renewed, end));
        if (end.isDone()) {
            forget(presented);
        }
        return renewed.copy();
    }

    /** Completes the renewal once the token of the reply's headers is stored, without waiting for the body. */
    private boolean serve(Account asked, Map<String, String> head, CompletableFuture<Account> renewed) {
        Optional<Account> account = takeIn(asked, asked, head);
        account.ifPresent(fresh -> {
            note(asked.id(), true);
            renewed.complete(fresh);
        });
        return account.isPresent();
    }

    private void conclude(
            Presented presented,
            CompletableFuture<Account> renewed,
            @Nullable Account landed,
            @Nullable Throwable failed) {
        forget(presented);
        if (landed != null) {
            renewed.complete(landed);
        } else {
            renewed.completeExceptionally(failed == null ? new CancellationException() : failed);
        }
    }

    private synchronized void forget(Presented presented) {
        underWay.remove(presented);
    }

    /** Stores the cookies of a renewal; returns the account if its token has changed. */
    private Optional<Account> takeIn(Account asked, Account present, Map<String, String> cookies) {
        registry.renew(present, cookies);
        return accounts.apply(asked).filter(account -> isNewer(account, asked));
    }

    /** Evaluates the end of a renewal. A new token counts as success whatever happened to the rest of the reply. */
    private Account landed(
            Account asked, Account present, @Nullable HttpResponse<byte[]> reply, @Nullable Throwable broken) {
        Optional<Account> renewed =
                takeIn(asked, present, reply == null ? Map.of() : RenewalReply.cookies(reply.body()));
        note(asked.id(), renewed.isPresent());
        if (renewed.isPresent()) {
            LOG.info("[ACCOUNT] {}: its session was renewed", asked.id());
            return renewed.get();
        }
        Failure failure = reply == null ? RenewalReply.noReply(broken) : RenewalReply.failure(reply, clock.instant());
        if (failure.kind() == FailureKind.EXPIRED) {
            registry.renewalRefused(asked);
        }
        LOG.warn("[ACCOUNT] {}: {}", asked.id(), failure.detail());
        throw new CompletionException(new UpstreamException(failure));
    }

    private synchronized void note(AccountId account, boolean renewed) {
        latest.put(account, new Landing(clock.instant(), renewed));
    }

    /** Waits for running renewals, because their refresh tokens cannot be used again. */
    public void drain(Duration timeout) throws InterruptedException {
        try {
            all().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException vain) {
            LOG.debug("[ACCOUNT] a renewal did not come to a good end", vain);
        }
    }

    private synchronized CompletableFuture<Void> all() {
        return CompletableFuture.allOf(
                underWay.values().stream().map(Renewal::end).toArray(CompletableFuture<?>[]::new));
    }
}
