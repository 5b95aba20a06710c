package dev.qwen2api.account;

import dev.qwen2api.account.SessionExpiry.Stage;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns the owner of sessions that cannot be renewed three days and one day before they end, and at their end, once
 * each per account and token. Thread-safe.
 */
public final class SessionExpiryMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SessionExpiryMonitor.class);
    private static final long HOURS_BETWEEN_CHECKS = 1;

    private final Supplier<List<AccountStatus>> accounts;
    private final Clock clock;
    private final Executor executor;
    private final Map<AccountId, Warning> warnings = new HashMap<>();
    private @Nullable CompletableFuture<Boolean> nextCheck;
    private boolean closed;

    /** The latest warning about an account. */
    private record Warning(Credential session, Stage stage) {

        /** Whether {@code now} says something that this one did not say of the same token. */
        boolean isOutdatedBy(Warning now) {
            boolean sameToken = session.token().equals(now.session.token());
            return now.stage != Stage.FAR && (!sameToken || now.stage.compareTo(stage) > 0);
        }
    }

    /**
     * @param accounts all accounts as they are
     * @param executor where the checks are made
     */
    public SessionExpiryMonitor(Supplier<List<AccountStatus>> accounts, Clock clock, Executor executor) {
        this.accounts = accounts;
        this.clock = clock;
        this.executor = executor;
    }

    /** Checks now, and every hour from now on. */
    public void start() {
        arm();
        check();
    }

    private synchronized void arm() {
        if (!closed) {
            CompletableFuture<Boolean> tick =
                    new CompletableFuture<Boolean>().completeOnTimeout(true, HOURS_BETWEEN_CHECKS, TimeUnit.HOURS);
            tick.thenApplyAsync(this::next, executor).exceptionally(stopped -> false);
            nextCheck = tick;
        }
    }

    private boolean next(boolean time) {
        start();
        return time;
    }

    /** Warns of what was not warned of before. */
    synchronized void check() {
        Instant now = clock.instant();
        var seen = new HashMap<AccountId, Warning>();
        for (AccountStatus status : accounts.get()) {
            Account account = status.account();
            Warning fresh = new Warning(account.credential(), SessionExpiry.stage(account.credential(), now));
            if (warnings.getOrDefault(account.id(), new Warning(fresh.session(), Stage.FAR))
                    .isOutdatedBy(fresh)) {
                SessionExpiry.warning(fresh.session(), now)
                        .ifPresent(words -> LOG.warn("[ACCOUNT] {}: {}", account.id(), words));
            }
            seen.put(account.id(), fresh);
        }
        warnings.clear();
        warnings.putAll(seen);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (nextCheck != null) {
            nextCheck.cancel(false);
        }
    }
}
