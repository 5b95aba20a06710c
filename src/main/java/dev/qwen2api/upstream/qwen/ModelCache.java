package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.Cooldown;
import dev.qwen2api.chat.Model;
import dev.qwen2api.chat.ModelDirectory.ModelCatalogue;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstream's models, kept in memory. A list that has grown old is renewed in the background while it still serves;
 * only the very first one is waited for, but not for the renewal of a session. Anyone is shown three models, a session
 * all of them (13 row 12, 2026-09), so the list is read with the session of an account if there is one. Thread-safe.
 */
public final class ModelCache implements ModelCatalogue {

    private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);
    private static final List<String> PATHS = List.of("/api/models", "/api/v2/models/");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(30);
    private static final int MOST_ACCOUNTS = 3;
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private final QwenClient client;
    private final AccountRing ring;
    private final SessionKeeper sessions;
    private final Clock clock;
    private final Executor executor;
    private final Consumer<String> keep;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private volatile Duration timeToLive;
    private volatile List<Model> models = List.of();
    private volatile Instant fetched = Instant.MIN;
    private volatile Instant freshUntil = Instant.MIN;
    private volatile Instant lastTry = Instant.MIN;
    private volatile Instant nextCorrection = Instant.MIN;
    private volatile boolean wrong;
    private volatile Tried tried = new Tried(Set.of(), Set.of());

    /** Whose session showed the list; empty where it was shown to anyone, or comes of an earlier run. */
    private volatile Optional<Account> shownTo = Optional.empty();

    /** Whether the list is what anyone is shown. */
    private volatile boolean open;

    /**
     * What there was at the latest try.
     *
     * @param accounts all accounts
     * @param tokens those of the sessions that were alive
     */
    private record Tried(Set<AccountId> accounts, Set<String> tokens) {

        @Override
        public String toString() {
            return "Tried[" + accounts + "]";
        }
    }

    /**
     * A catalogue that knows nothing yet.
     *
     * @param ring knows the accounts and whose session is alive
     * @param sessions renews a session that has ended before the list is read with it
     * @param keep is given the text of each list that was fetched, so that it outlives the process
     */
    public ModelCache(
            QwenClient client,
            Duration timeToLive,
            AccountRing ring,
            SessionKeeper sessions,
            Clock clock,
            Executor executor,
            Consumer<String> keep) {
        this.client = client;
        this.timeToLive = timeToLive;
        this.ring = ring;
        this.sessions = sessions;
        this.clock = clock;
        this.executor = executor;
        this.keep = keep;
    }

    public void apply(Duration newTimeToLive) {
        timeToLive = newTimeToLive;
    }

    /** Serves a list of an earlier run until a newer one can be had. */
    public void remember(String text) {
        models = ModelList.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<Model> models() {
        boolean fresh = !wrong && !Cooldown.isOver(fetched, freshUntil, clock.instant());
        if (fresh && isForPresentAccounts() && !mayBeIncomplete()) {
            return models;
        }
        if (models.isEmpty() || wrong) {
            return refresh(false);
        }
        if (mayTry()) {
            refreshInBackground();
        }
        return models;
    }

    private void refreshInBackground() {
        if (renewing.compareAndSet(false, true)) {
            executor.execute(() -> {
                try {
                    refresh();
                } finally {
                    renewing.set(false);
                }
            });
        }
    }

    /**
     * The service says that it does not have a model of the list: the list is read again at once, but not twice within
     * half a minute, and a request that needs it waits for it.
     */
    void modelGone() {
        Instant now = clock.instant();
        if (!now.isBefore(nextCorrection)) {
            nextCorrection = now.plus(BETWEEN_TRIES);
            lastTry = Instant.MIN;
            wrong = true;
            refreshInBackground();
        }
    }

    @Override
    public List<Model> refresh() {
        return refresh(true);
    }

    /** @param renews whether a session that has ended is renewed; else it is left to the next try */
    private List<Model> refresh(boolean renews) {
        oneAtATime.lock();
        try {
            if (mayTry()) {
                Set<AccountId> present = ring.all().stream().map(Account::id).collect(Collectors.toSet());
                List<Account> signedIn = ring.signedIn().stream()
                        .filter(account -> renews || !sessions.hasEnded(account))
                        .sorted(Comparator.comparing(sessions::hasEnded))
                        .limit(MOST_ACCOUNTS)
                        .toList();
                lastTry = clock.instant();
                fetch(signedIn, renews, present.isEmpty());
                wrong = false;
                tried = new Tried(present, renews ? tokens(ring.signedIn()) : tokens(signedIn));
            }
            return models;
        } finally {
            oneAtATime.unlock();
        }
    }

    private boolean mayTry() {
        return Cooldown.isOver(lastTry, lastTry.plus(BETWEEN_TRIES), clock.instant())
                || !isForPresentAccounts()
                || mayBeIncomplete() && !tokens(ring.signedIn()).equals(tried.tokens());
    }

    /** Another account may see other models. */
    private boolean isForPresentAccounts() {
        Set<AccountId> known = tried.accounts();
        List<Account> present = ring.all();
        for (Account account : present) {
            if (!known.contains(account.id())) {
                return false;
            }
        }
        return present.size() == known.size();
    }

    /** Whether a living session may show more than the list has, because none is known to have shown it. */
    private boolean mayBeIncomplete() {
        List<Account> signedIn = ring.signedIn();
        return !signedIn.isEmpty()
                && shownTo.filter(shown -> signedIn.stream().anyMatch(each -> isSameSession(shown, each)))
                        .isEmpty();
    }

    /** A token that was replaced long before its end was dead, maybe already when it was shown the list. */
    private boolean isSameSession(Account shown, Account present) {
        return present.id().equals(shown.id())
                && (present.credential().token().equals(shown.credential().token())
                        || shown.credential().nearEndAt(clock.instant()));
    }

    private static Set<String> tokens(List<Account> accounts) {
        return accounts.stream().map(account -> account.credential().token()).collect(Collectors.toSet());
    }

    /** Reads with a session, where one is alive, and without one else. */
    private void fetch(List<Account> signedIn, boolean renews, boolean noAccount) {
        for (Account account : signedIn) {
            Optional<Failure> failure = fetchAs(account, renews);
            if (failure.isEmpty()) {
                return;
            }
            LOG.debug("[MODEL] {}: {}", account.id(), failure.get().detail());
            if (failure.get().kind().cause() == FailureKind.Cause.CONNECTION) {
                break;
            }
        }
        boolean better = !models.isEmpty() && !open && !noAccount;
        if (better && signedIn.isEmpty()) {
            return;
        }
        if (better
                || fetch(Optional.empty(), path -> client.read(path, TIMEOUT, MOST_BYTES))
                        .isPresent()) {
            LOG.warn("[MODEL] the list of models could not be fetched; {} known ones serve", models.size());
        }
    }

    /** Why the list could not be read with the session of an account; empty where it was. */
    private Optional<Failure> fetchAs(Account account, boolean renews) {
        try {
            Account alive = await(sessions.living(account));
            Optional<Failure> failure = fetchWith(alive);
            boolean dead =
                    failure.filter(each -> each.kind() == FailureKind.EXPIRED).isPresent();
            return dead && renews ? fetchWith(await(sessions.renewed(alive, failure.get()))) : failure;
        } catch (CompletionException dead) {
            return Optional.of(TransportErrors.of(dead));
        }
    }

    private static Account await(CompletableFuture<Account> session) {
        return session.copy()
                .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private Optional<Failure> fetchWith(Account alive) {
        return fetch(Optional.of(alive), path -> client.read(alive, path, TIMEOUT, MOST_BYTES));
    }

    /** Why the list could be read on neither path; empty where it was. */
    private Optional<Failure> fetch(
            Optional<Account> shown, Function<String, CompletableFuture<HttpResponse<byte[]>>> reading) {
        Optional<Failure> failure = Optional.empty();
        for (String path : PATHS) {
            try {
                HttpResponse<byte[]> reply = reading.apply(path).join();
                List<Model> found = ModelList.read(reply.body());
                if (!found.isEmpty()) {
                    models = found;
                    shownTo = shown;
                    open = shown.isEmpty();
                    fetched = clock.instant();
                    freshUntil = fetched.plus(timeToLive);
                    keep.accept(new String(reply.body(), StandardCharsets.UTF_8));
                    return Optional.empty();
                }
                failure = Optional.of(FailureClassifier.classify(Operation.PROBE, reply, clock.instant()));
            } catch (CompletionException broken) {
                failure = Optional.of(TransportErrors.of(broken));
            }
            LOG.debug("[MODEL] {}: {}", path, failure.get().detail());
            if (failure.get().kind() == FailureKind.EXPIRED) {
                return failure;
            }
        }
        return failure;
    }
}
