package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.cli.CliAccounts;
import dev.qwen2api.account.cli.CliCredential;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Obtains and renews credentials in the background, never more than one at a time for an account: whoever needs one waits for
 * the one under way. Thread-safe.
 */
final class CliTokens {

    private static final Logger LOG = LoggerFactory.getLogger(CliTokens.class);

    /** How long an account is left alone after a failure that may pass. */
    private static final Duration PAUSE = Duration.ofMinutes(5);

    private final CliAccounts accounts;
    private final OauthClient oauth;
    private final DeviceFlow flow;
    private final Threads threads;
    private final Clock clock;
    private final Map<AccountId, CompletableFuture<Optional<Failure>>> underWay = new ConcurrentHashMap<>();

    /** One piece of work for one account; what it throws is told to those who wait. */
    private interface Errand {
        void run() throws CredentialRefusedException, UpstreamException, InterruptedException;
    }

    /** Where what is done: device flows may take minutes, and must keep no renewal waiting. */
    record Threads(Executor flows, Executor renewals) {}

    CliTokens(CliAccounts accounts, OauthClient oauth, DeviceFlow flow, Threads threads, Clock clock) {
        this.accounts = accounts;
        this.oauth = oauth;
        this.flow = flow;
        this.threads = threads;
        this.clock = clock;
    }

    /** Begins to obtain credentials for the accounts that lack one, and returns what is under way for them. */
    List<CompletableFuture<Optional<Failure>>> obtain() {
        var begun = new ArrayList<CompletableFuture<Optional<Failure>>>();
        for (Account account : accounts.wanting()) {
            begun.add(single(account.id(), threads.flows(), () -> obtain(account), other -> other));
        }
        return begun;
    }

    private void obtain(Account account) throws CredentialRefusedException, UpstreamException, InterruptedException {
        if (accounts.credential(account.id()).isPresent()) {
            return;
        }
        try {
            accounts.granted(account, flow.run(account));
            LOG.info("[CLI] {} has a credential for the CLI channel", account.id());
        } catch (CredentialRefusedException no) {
            LOG.warn("[CLI] {} is not supported: {}. It is asked again tomorrow", account.id(), no.reason());
            accounts.refused(account.id(), sentence(no.reason()));
        } catch (UpstreamException passing) {
            LOG.warn(
                    "[CLI] {} could not obtain a credential: {}",
                    account.id(),
                    passing.failure().detail());
            accounts.postponed(account.id(), PAUSE, sentence(passing.failure().detail()));
            throw passing;
        }
    }

    /**
     * Renews a credential that is dead or about to end; done at once where somebody else has done it meanwhile. The result is why
     * it failed, where it failed for a reason that may pass; afterwards the account has a new credential or none.
     */
    CompletableFuture<Optional<Failure>> renew(AccountId id, CliCredential old) {
        Errand errand = () -> {
            Optional<CliCredential> now = accounts.credential(id);
            Optional<Account> account = accounts.account(id);
            if (account.isPresent() && now.filter(old::equals).isPresent()) {
                renew(account.get(), old);
            }
        };
        // What is under way may be what brought the dead credential, so it is looked at again afterwards.
        return single(
                id,
                threads.renewals(),
                errand,
                other -> other.thenCompose(
                        failure -> failure.isPresent() ? CompletableFuture.completedFuture(failure) : renew(id, old)));
    }

    private void renew(Account account, CliCredential old) throws UpstreamException, InterruptedException {
        if (old.refreshToken().isEmpty()) {
            died(account.id(), "its credential ended and cannot be renewed");
            return;
        }
        OauthReply reply = oauth.refresh(old.refreshToken().get());
        Optional<CliCredential> renewed = reply.credential(clock.instant(), old.refreshToken());
        if (renewed.isPresent()) {
            accounts.granted(account, renewed.get());
            LOG.debug("[CLI] {} renewed its credential", account.id());
        } else if (reply.status() >= 500
                || reply.status() == 429
                || reply.error().isEmpty()) {
            throw new UpstreamException(
                    Failure.of(FailureKind.BUSY, "its credential could not be renewed (" + reply.words() + ")"));
        } else {
            died(account.id(), "the service does not renew its credential (" + reply.words() + ")");
        }
    }

    private void died(AccountId id, String reason) {
        LOG.warn("[CLI] {}: {}", id, reason);
        accounts.died(id, sentence(reason));
    }

    private static String sentence(String clause) {
        return Character.toUpperCase(clause.charAt(0)) + clause.substring(1) + ".";
    }

    /** Begins this, or joins what is under way for the account. */
    private CompletableFuture<Optional<Failure>> single(
            AccountId id, Executor executor, Errand errand, UnaryOperator<CompletableFuture<Optional<Failure>>> join) {
        var mine = new CompletableFuture<Optional<Failure>>();
        CompletableFuture<Optional<Failure>> other = underWay.putIfAbsent(id, mine);
        if (other != null) {
            return join.apply(other);
        }
        try {
            executor.execute(() -> run(id, errand, mine));
        } catch (RuntimeException closing) {
            finish(id, mine, Optional.of(Failure.of(FailureKind.BROKEN, "the gateway is shutting down")));
        }
        return mine;
    }

    private void run(AccountId id, Errand errand, CompletableFuture<Optional<Failure>> told) {
        Optional<Failure> failure = Optional.empty();
        try {
            errand.run();
        } catch (UpstreamException passing) {
            failure = Optional.of(passing.failure());
        } catch (CredentialRefusedException no) {
            failure = Optional.of(Failure.of(FailureKind.FORBIDDEN, no.reason()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            failure = Optional.of(Failure.of(FailureKind.BROKEN, "the gateway is shutting down"));
        } catch (RuntimeException bug) {
            LOG.error(
                    "[CLI] {}: obtaining a credential failed unexpectedly: {}",
                    id,
                    bug.getClass().getName());
            failure = Optional.of(Failure.of(FailureKind.BROKEN, "the gateway failed to obtain a credential"));
        } finally {
            finish(id, told, failure);
        }
    }

    /** Off the list first, so that nobody who is woken joins what is over. */
    private void finish(AccountId id, CompletableFuture<Optional<Failure>> told, Optional<Failure> failure) {
        underWay.remove(id, told);
        told.complete(failure);
    }
}
