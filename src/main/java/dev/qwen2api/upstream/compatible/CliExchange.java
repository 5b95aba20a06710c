package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.cli.CliCredential;
import dev.qwen2api.account.cli.CliLease;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.ClientHeartbeat;
import dev.qwen2api.chat.RelayRequest;
import dev.qwen2api.chat.RelayService.Outcome;
import dev.qwen2api.chat.RelaySink;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its way through as many credentials as it takes, each tried once. Used once, by one thread. */
final class CliExchange {

    private static final Logger LOG = LoggerFactory.getLogger(CliExchange.class);

    /** A token that ends sooner is renewed before it is used. */
    private static final Duration AHEAD = Duration.ofMinutes(2);

    private static final String KEY = "CLI_API_KEY";

    private final CliChannel.Dependencies dependencies;
    private final CliSettings settings;
    private final RelayRequest request;
    private final RelaySink sink;
    private final ClientHeartbeat clientHeartbeat;
    private final CliTurns turns;
    private @Nullable Runnable lastWord;

    /** How one credential fared: whether the request is settled. */
    private enum Fate {
        SETTLED,
        NEXT
    }

    CliExchange(CliChannel.Dependencies dependencies, CliSettings settings, RelayRequest request, RelaySink sink) {
        this.dependencies = dependencies;
        this.settings = settings;
        this.request = request;
        this.sink = sink;
        this.clientHeartbeat = new ClientHeartbeat(sink, settings.timing(), dependencies.nanoTime());
        this.turns = new CliTurns(dependencies, settings, clientHeartbeat);
    }

    Outcome run() throws InterruptedException {
        for (Optional<CliLease> turn = turns.next(); turn.isPresent(); turn = turns.next()) {
            if (with(turn.get()) == Fate.SETTLED) {
                return Outcome.SETTLED;
            }
        }
        if (settings.apiKey().isPresent() && withKey(settings.apiKey().get()) == Fate.SETTLED) {
            return Outcome.SETTLED;
        }
        if (settings.webFallback()) {
            return Outcome.TO_THE_WEB;
        }
        if (lastWord == null) {
            sink.fail(nobody());
        } else {
            lastWord.run();
        }
        return Outcome.SETTLED;
    }

    private Problem nobody() {
        Optional<Duration> wait = dependencies
                .accounts()
                .nextReturn()
                .map(at -> Duration.between(dependencies.clock().instant(), at))
                .filter(left -> !left.isNegative());
        return new Problem(ProblemKind.NO_ACCOUNT, CliFace.NOBODY, Optional.empty(), wait);
    }

    private Fate with(CliLease lease) throws InterruptedException {
        try (Counted counted = new Counted(dependencies.accounts(), lease)) {
            return withFresh(counted, fresh(lease));
        } catch (UpstreamException broken) {
            return next(lease.account().toString(), broken.failure());
        }
    }

    /** The lease with a credential that lasts. One that cannot be renewed now but is still good is used as it is. */
    private CliLease fresh(CliLease lease) throws UpstreamException, InterruptedException {
        Instant now = dependencies.clock().instant();
        if (!lease.credential().endsWithin(AHEAD, now)) {
            return lease;
        }
        try {
            return renewed(lease).orElse(lease);
        } catch (UpstreamException notNow) {
            if (lease.credential().endsWithin(Duration.ZERO, now)) {
                throw notNow;
            }
            return lease;
        }
    }

    /** Empty when the account has no credential any more. */
    private Optional<CliLease> renewed(CliLease lease) throws UpstreamException, InterruptedException {
        CompletableFuture<Optional<Failure>> renewal = dependencies.tokens().renew(lease.account(), lease.credential());
        turns.await(renewal, settings.timing().firstByte());
        Optional<CliCredential> now = dependencies.accounts().credential(lease.account());
        if (now.filter(lease.credential()::equals).isPresent()) {
            throw new UpstreamException(renewal.getNow(Optional.empty())
                    .orElseGet(() -> Failure.of(FailureKind.SILENT, "its credential was not renewed in time")));
        }
        return now.map(lease::with);
    }

    private Fate withFresh(Counted counted, CliLease lease) throws UpstreamException, InterruptedException {
        try {
            return attempt(counted, lease);
        } catch (PortalRefusedException refused) {
            if (refused.kind() != PortalRefusedException.Kind.DEAD_TOKEN) {
                return judged(lease.account(), refused);
            }
        }
        Optional<CliLease> renewed = renewed(lease);
        if (renewed.isEmpty()) {
            turns.again(lease.account());
            return Fate.NEXT;
        }
        return onceMore(counted, renewed.get());
    }

    /** After a renewal there is nothing more to be done about a dead token. */
    private Fate onceMore(Counted counted, CliLease lease) throws UpstreamException, InterruptedException {
        try {
            return attempt(counted, lease);
        } catch (PortalRefusedException refused) {
            if (refused.kind() == PortalRefusedException.Kind.DEAD_TOKEN) {
                LOG.warn("[CLI] {}: the portal refuses a fresh token", lease.account());
                dependencies.accounts().refused(lease.account(), "The portal refuses its fresh token (HTTP 401).");
                return Fate.NEXT;
            }
            return judged(lease.account(), refused);
        }
    }

    private Fate attempt(Counted counted, CliLease lease)
            throws UpstreamException, PortalRefusedException, InterruptedException {
        var attempt = new CliAttempt(task(), pass(lease), counted::accepted);
        if (attempt.run(settings)) {
            String model = PortalRequest.model(request, PortalCredential.CredentialType.OAUTH, settings.aliases());
            Usage cost = attempt.cost().orElse(new Usage(0, 0, 0, 0));
            dependencies.usage().count(lease.account(), Optional.empty(), model, cost.input(), cost.output());
        }
        return Fate.SETTLED;
    }

    private CliAttempt.Task task() {
        return new CliAttempt.Task(dependencies, settings, request, sink, clientHeartbeat);
    }

    private PortalCredential pass(CliLease lease) {
        return new PortalCredential(
                lease.account().toString(),
                lease.credential().accessToken(),
                PortalAddress.of(lease.credential().resource(), settings.base()),
                PortalCredential.CredentialType.OAUTH);
    }

    private Fate judged(AccountId account, PortalRefusedException refused) {
        Optional<Duration> wait = refused.error().retryAfter();
        boolean daySpent = refused.kind() == PortalRefusedException.Kind.DAY_SPENT;
        if (daySpent || refused.error().status() == 429 && wait.isPresent()) {
            dependencies.accounts().limited(account, wait, "The portal says that its quota is used up.");
        }
        return next(account.toString(), refused);
    }

    private Fate withKey(String key) throws InterruptedException {
        var portalCredential = new PortalCredential(
                KEY, key, PortalAddress.of(Optional.empty(), settings.base()), PortalCredential.CredentialType.KEY);
        try {
            new CliAttempt(task(), portalCredential, () -> {}).run(settings);
            return Fate.SETTLED;
        } catch (PortalRefusedException refused) {
            return next(KEY, refused);
        } catch (UpstreamException broken) {
            return next(KEY, broken.failure());
        }
    }

    private Fate next(String who, PortalRefusedException refused) {
        LOG.warn(
                "[CLI] {} was refused: HTTP {} {}",
                who,
                refused.error().status(),
                refused.error().code().orElse(""));
        if (refused.kind() == PortalRefusedException.Kind.FINAL) {
            sink.refuse(refused.error());
            return Fate.SETTLED;
        }
        lastWord = () -> sink.refuse(refused.error());
        return Fate.NEXT;
    }

    private Fate next(String who, Failure failure) {
        LOG.warn("[CLI] {} failed: {} ({})", who, failure.detail(), failure.kind());
        lastWord = () -> sink.fail(CliFace.of(who, failure));
        return Fate.NEXT;
    }
}
