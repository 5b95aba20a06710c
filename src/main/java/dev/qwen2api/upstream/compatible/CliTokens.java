package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.compatible.OauthClient.OauthReply;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Obtains and renews credentials in the background, single flight for each user. Thread-safe. */
final class CliTokens {

    private static final Logger LOG = LoggerFactory.getLogger(CliTokens.class);

    /** How long an account is left alone after a failure that may pass. */
    private static final Duration PAUSE = Duration.ofMinutes(5);

    private final CliAccounts accounts;
    private final OauthClient oauth;
    private final DeviceFlow flow;
    private final Threads threads;
    private final Clock clock;
    private final Map<String, CompletableFuture<CliCredential>> underWay = new ConcurrentHashMap<>();

    /** Brings one credential; blocks. */
    private interface Task {
        CliCredential run() throws UpstreamException, InterruptedException;
    }

    /** Executors: device flows may take minutes, and must not delay a renewal. */
    record Threads(Executor flows, Executor renewals) {}

    CliTokens(CliAccounts accounts, OauthClient oauth, DeviceFlow flow, Threads threads, Clock clock) {
        this.accounts = accounts;
        this.oauth = oauth;
        this.flow = flow;
        this.threads = threads;
        this.clock = clock;
    }

    /** Begins to obtain credentials for the accounts that lack one. */
    void obtain() {
        for (Account account : accounts.wanting()) {
            // Its failures are logged where they arise.
            CompletableFuture<CliCredential> unused = obtain(account);
        }
    }

    private CompletableFuture<CliCredential> obtain(Account account) {
        String user = CliUser.key(account);
        return single(user, threads.flows(), () -> granted(account, user));
    }

    private CliCredential granted(Account account, String user) throws UpstreamException, InterruptedException {
        Optional<CliCredential> present = accounts.credential(user);
        if (present.isPresent()) {
            return present.get();
        }
        try {
            CliCredential credential = flow.run(account);
            accounts.granted(user, credential);
            LOG.info("[CLI] {} has a credential for the CLI channel", account.id());
            return credential;
        } catch (DeviceFlow.RefusedException no) {
            LOG.warn("[CLI] {} is not supported: {}. The gateway tries again tomorrow", account.id(), no.reason());
            accounts.refused(user, sentence(no.reason()));
            throw new UpstreamException(Failure.of(FailureKind.EXPIRED, no.reason()), no);
        } catch (UpstreamException passing) {
            String detail = passing.failure().detail();
            LOG.warn("[CLI] {} could not obtain a credential: {}", account.id(), detail);
            accounts.postponed(user, PAUSE, sentence(detail));
            throw passing;
        }
    }

    /**
     * Replaces a credential that is dead or about to end: by what another request has brought meanwhile, by a refresh,
     * or by a new device flow where the service refuses the refresh. The future fails with {@link UpstreamException}.
     */
    CompletableFuture<CliCredential> renew(String user, CliCredential old) {
        return single(user, threads.renewals(), () -> refreshed(user, old))
                // What was under way already may be what brought the dead credential.
                .thenCompose(now -> now.equals(old) ? renew(user, old) : CompletableFuture.completedFuture(now))
                .exceptionallyCompose(failed -> accounts.account(user)
                        .filter(account -> accounts.wants(user))
                        .map(this::obtain)
                        .orElseGet(() -> CompletableFuture.failedFuture(failed)));
    }

    private CliCredential refreshed(String user, CliCredential old) throws UpstreamException, InterruptedException {
        Optional<CliCredential> now = accounts.credential(user);
        if (now.isPresent() && !now.get().equals(old)) {
            return now.get();
        }
        if (now.isEmpty() || old.refreshToken().isEmpty()) {
            throw died(user, "its credential ended and cannot be renewed");
        }
        OauthReply reply = oauth.refresh(old.refreshToken().get());
        Optional<CliCredential> fresh = reply.credential(clock.instant(), old.refreshToken());
        if (fresh.isPresent()) {
            accounts.granted(user, fresh.get());
            return fresh.get();
        }
        if (reply.status() >= 500 || reply.status() == 429 || reply.error().isEmpty()) {
            throw new UpstreamException(
                    Failure.of(FailureKind.BUSY, "its credential could not be renewed (" + reply.words() + ")"));
        }
        throw died(user, "the service does not renew its credential (" + reply.words() + ")");
    }

    private UpstreamException died(String user, String reason) {
        accounts.account(user).ifPresent(account -> LOG.warn("[CLI] {}: {}", account.id(), reason));
        accounts.died(user, sentence(reason));
        return new UpstreamException(Failure.of(FailureKind.EXPIRED, reason));
    }

    private static String sentence(String clause) {
        return Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ".";
    }

    /** Begins a task, or joins the one under way for the user. */
    private CompletableFuture<CliCredential> single(String user, Executor executor, Task task) {
        var mine = new CompletableFuture<CliCredential>();
        CompletableFuture<CliCredential> other = underWay.putIfAbsent(user, mine);
        if (other != null) {
            return other;
        }
        accounts.obtaining(user, true);
        try {
            executor.execute(() -> run(user, task, mine));
        } catch (RuntimeException closing) {
            end(user, () -> mine.completeExceptionally(broken("the gateway is shutting down")));
        }
        return mine;
    }

    private void run(String user, Task task, CompletableFuture<CliCredential> result) {
        try {
            CliCredential credential = task.run();
            end(user, () -> result.complete(credential));
        } catch (UpstreamException failed) {
            end(user, () -> result.completeExceptionally(failed));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            end(user, () -> result.completeExceptionally(broken("the gateway is shutting down")));
        } catch (RuntimeException bug) {
            LOG.error(
                    "[CLI] obtaining a credential failed unexpectedly: {}",
                    bug.getClass().getName());
            end(user, () -> result.completeExceptionally(broken("the gateway failed to obtain a credential")));
        }
    }

    private static UpstreamException broken(String detail) {
        return new UpstreamException(Failure.of(FailureKind.BROKEN, detail));
    }

    /** The flight is over before its result is known, so that a request that the result wakes does not join it. */
    private void end(String user, Runnable complete) {
        accounts.obtaining(user, false);
        underWay.remove(user);
        complete.run();
    }
}
