package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.cli.CliLease;
import dev.qwen2api.chat.ClientHeartbeat;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whose turn it is to serve one request, each account once; looks after the client while it waits. Used by one thread. */
final class CliTurns {

    private final CliChannel.Dependencies dependencies;
    private final CliSettings settings;
    private final ClientHeartbeat clientHeartbeat;
    private final Set<AccountId> tried = new HashSet<>();
    private final Set<AccountId> forgiven = new HashSet<>();

    CliTurns(CliChannel.Dependencies dependencies, CliSettings settings, ClientHeartbeat clientHeartbeat) {
        this.dependencies = dependencies;
        this.settings = settings;
        this.clientHeartbeat = clientHeartbeat;
    }

    /**
     * The next account that can serve. Where there is none, the credentials that are being obtained are waited for, but only
     * if neither a key nor the web channel can serve meanwhile.
     */
    Optional<CliLease> next() throws InterruptedException {
        List<? extends CompletableFuture<?>> underWay = dependencies.tokens().obtain();
        Optional<CliLease> lease = take();
        boolean otherMeans = settings.apiKey().isPresent() || settings.webFallback();
        long end = now() + settings.timing().queue().toNanos();
        while (lease.isEmpty() && !otherMeans && !underWay.isEmpty() && now() - end < 0) {
            await(CompletableFuture.anyOf(underWay.toArray(CompletableFuture[]::new)), Duration.ofNanos(end - now()));
            // First who is still at it, then who has come: somebody may come in between.
            underWay = underWay.stream().filter(each -> !each.isDone()).toList();
            lease = take();
        }
        return lease;
    }

    private Optional<CliLease> take() {
        Optional<CliLease> lease = dependencies.accounts().take(tried);
        lease.ifPresent(taken -> tried.add(taken.account()));
        return lease;
    }

    private long now() {
        return dependencies.nanoTime().getAsLong();
    }

    /** Gives an account whose credential has died another turn, with another credential; but only once. */
    void again(AccountId account) {
        if (forgiven.add(account)) {
            tried.remove(account);
        }
    }

    /**
     * Waits until something is done or the time is over.
     *
     * @throws dev.qwen2api.chat.ClientGoneException when the client hung up meanwhile
     */
    void await(CompletableFuture<?> what, Duration longest) throws InterruptedException {
        long end = now() + longest.toNanos();
        while (!what.isDone() && now() - end < 0) {
            try {
                what.get(Math.max(1, clientHeartbeat.next().toMillis()), TimeUnit.MILLISECONDS);
            } catch (TimeoutException still) {
                clientHeartbeat.beat();
            } catch (ExecutionException told) {
                return;
            }
        }
    }
}
