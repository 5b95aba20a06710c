package dev.qwen2api.chat;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Lease;
import dev.qwen2api.account.NoAccountException;
import dev.qwen2api.account.PendingLease;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.FailureMapper.Met;
import dev.qwen2api.chat.filter.RequiredToolCallFilter;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through as many accounts as it takes, each tried once; once more where the client demands a call
 * and the answer had none. Used once, by one thread.
 */
final class ChatExecution {

    private static final Logger LOG = LoggerFactory.getLogger(ChatExecution.class);

    private final ChatService.Dependencies dependencies;
    private final ChatService.Rules rules;
    private final LongSupplier nanoTime;
    private final ResolvedConversation resolvedConversation;
    private final AnswerSink sink;
    private final ClientHeartbeat clientHeartbeat;
    private final Set<AccountId> tried = new HashSet<>();
    private final List<Met> met = new ArrayList<>();
    /** Whether answers without the call that the client demands are still turned down. */
    private boolean insisting;

    /** Whether an unusable answer was requested again. */
    private boolean retried;

    ChatExecution(
            ChatService.Dependencies dependencies,
            ChatService.Rules rules,
            LongSupplier nanoTime,
            ResolvedConversation resolvedConversation,
            AnswerSink sink) {
        this.dependencies = dependencies;
        this.rules = rules;
        this.nanoTime = nanoTime;
        this.resolvedConversation = resolvedConversation;
        this.sink = sink;
        this.insisting = RequiredToolCallFilter.isMadeBy(resolvedConversation.conversation());
        this.clientHeartbeat = new ClientHeartbeat(sink, rules.timing(), nanoTime);
    }

    void run() throws InterruptedException {
        boolean settled = false;
        while (!settled) {
            settled = nextAccount();
        }
    }

    /** Tries one more account; returns whether the request is settled, well or badly. */
    private boolean nextAccount() throws InterruptedException {
        try {
            Optional<Lease> turn = turn();
            if (turn.isEmpty()) {
                sink.fail(met.isEmpty() ? FailureMapper.queueFull(rules.timing().queue()) : FailureMapper.of(met));
                return true;
            }
            try (Lease lease = turn.get()) {
                return attempt(lease);
            }
        } catch (NoAccountException absence) {
            sink.fail(met.isEmpty() ? FailureMapper.of(absence) : FailureMapper.of(met));
            return true;
        }
    }

    /** Waits in the queue for an account; empty when the queue's time is over. */
    private Optional<Lease> turn() throws NoAccountException, InterruptedException {
        long began = nanoTime.getAsLong();
        try (PendingLease pendingLease = dependencies.ring().ticket(tried)) {
            while (true) {
                Duration left = Durations.atLeastZero(rules.timing().queue().minusNanos(nanoTime.getAsLong() - began));
                Optional<Lease> lease = pendingLease.await(Durations.shorter(left, clientHeartbeat.next()));
                if (lease.isPresent() || left.isZero()) {
                    return lease;
                }
                clientHeartbeat.beat();
            }
        }
    }

    private boolean attempt(Lease lease) throws InterruptedException {
        AccountId account = lease.account().id();
        tried.add(account);
        sink.leased(account);
        var end = new CommitPoint(sink);
        var retry = new UncommittedRetry(end);
        var demand =
                new RequiredToolCallFilter(resolvedConversation.conversation().toolChoice(), end);
        try (AnswerStream stream = dependencies.channel().open(resolvedConversation, lease.account())) {
            pump(stream, end, demand, retry);
            lease.succeeded();
            count(account, demand.isUnmet() ? demand.usage() : end.usage());
        } catch (UpstreamException broken) {
            return failed(lease, broken.failure(), end);
        }
        if (demand.isUnmet()) {
            askOnceMore(account);
            return false;
        }
        if (retry.requested) {
            retried = true;
            tried.remove(account);
            return false;
        }
        sink.done();
        return true;
    }

    private boolean failed(Lease lease, Failure failure, CommitPoint end) {
        AccountId account = lease.account().id();
        LOG.warn("[CHAT] {} failed: {} ({})", account, failure.detail(), failure.kind());
        lease.failed(failure);
        met.add(new Met(account, failure));
        if (end.isCommitted() || failure.kind().verdict() == Failure.Verdict.GIVE_UP) {
            sink.fail(FailureMapper.of(new Met(account, failure)));
            return true;
        }
        return false;
    }

    /** The next answer is taken as it comes: words are worth more to a client than an error. */
    private void askOnceMore(AccountId account) {
        LOG.info("[CHAT] {} answered without the tool call that is demanded; asking once more", account);
        insisting = false;
        tried.remove(account);
    }

    private void count(AccountId account, @Nullable Usage cost) {
        dependencies
                .usage()
                .count(
                        account,
                        resolvedConversation.model(),
                        cost == null ? 0 : cost.input(),
                        cost == null ? 0 : cost.output());
    }

    /** Relays the answer from its first event to its last. */
    private void pump(AnswerStream stream, CommitPoint end, RequiredToolCallFilter demand, UncommittedRetry retry)
            throws UpstreamException, InterruptedException {
        AnswerListener chain = dependencies
                .filters()
                .create(insisting ? demand : end, resolvedConversation.conversation(), rules.presentation(), retry);
        var streamTimeouts = new StreamTimeouts(rules.timing(), nanoTime);
        while (!end.isFinished()) {
            AnswerStream.Progress progress =
                    read(stream, chain, Durations.shorter(streamTimeouts.left(), clientHeartbeat.next()));
            streamTimeouts.note(progress);
            if (end.isFinished() || demand.isUnmet() || retry.requested) {
                return;
            }
            if (progress == AnswerStream.Progress.ENDED) {
                throw new UpstreamException(Failure.of(FailureKind.TRUNCATED, "the answer broke off before its end"));
            }
            if (end.flush()) {
                clientHeartbeat.sent();
                clientHeartbeat.look();
            } else {
                streamTimeouts.check();
                clientHeartbeat.beat();
            }
        }
    }

    /** Requests an unusable answer again, once, while nothing of it was sent to the client. */
    private final class UncommittedRetry implements AnswerRetry {

        private final CommitPoint end;
        private boolean requested;

        UncommittedRetry(CommitPoint end) {
            this.end = end;
        }

        @Override
        public boolean request(String reason) {
            requested = !retried && !end.isCommitted();
            if (requested) {
                LOG.info("[CHAT] retrying an unusable answer: {}", reason);
            }
            return requested;
        }
    }

    private static AnswerStream.Progress read(AnswerStream stream, AnswerListener chain, Duration wait)
            throws UpstreamException, InterruptedException {
        try {
            return stream.read(wait, chain);
        } catch (BrokenAnswerException unusable) {
            throw new UpstreamException(unusable.failure(), unusable);
        }
    }
}
