package dev.qwen2api.chat;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.Lease;
import dev.qwen2api.account.NoAccountException;
import dev.qwen2api.account.PendingLease;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.FailureMapper.Met;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes one request with all its attempts. Each account is tried once, and once more when the client requires a
 * tool call and the answer has none. Used once, by one thread.
 */
public final class ChatExecution {

    private static final Logger LOG = LoggerFactory.getLogger(ChatExecution.class);

    private final Dependencies dependencies;
    private final Rules rules;
    private final LongSupplier nanoTime;
    private final ResolvedConversation resolvedConversation;
    private final AnswerSink sink;
    private final ClientHeartbeat clientHeartbeat;
    private final List<Met> met = new ArrayList<>();
    private final long began;
    private Duration queued = Duration.ZERO;
    /** Whether an answer without the required tool call is discarded. */
    private boolean insisting;

    /** Whether an unusable answer was requested again. */
    private boolean retried;

    /**
     * The services that every request uses.
     *
     * @param ring leases accounts
     * @param channel sends requests to the upstream
     * @param usage counts answers that came to their end
     * @param attachments fetches what is sent along with the text
     * @param filters creates the filters of each answer
     */
    public record Dependencies(
            AccountRing ring,
            Channel channel,
            UsageRecorder usage,
            AttachmentResolver attachments,
            AnswerFilterFactory filters) {}

    /**
     * Settings that may change while the service runs; a request keeps those it began with.
     *
     * @param presentation how answers are shown
     * @param timing time limits
     */
    public record Rules(AnswerPresentation presentation, RequestTimeouts timing) {}

    ChatExecution(
            Dependencies dependencies,
            Rules rules,
            LongSupplier nanoTime,
            ResolvedConversation resolvedConversation,
            AnswerSink sink) {
        this.dependencies = dependencies;
        this.rules = rules;
        this.nanoTime = nanoTime;
        this.resolvedConversation = resolvedConversation;
        this.sink = sink;
        this.began = nanoTime.getAsLong();
        this.insisting = RequiredToolCallFilter.isRequiredBy(resolvedConversation.conversation());
        this.clientHeartbeat = new ClientHeartbeat(sink, rules.timing(), nanoTime);
    }

    void run() throws InterruptedException {
        try (PendingLease place = enqueue()) {
            boolean ended = false;
            while (!ended) {
                Optional<Lease> granted = lease(place);
                if (granted.isEmpty()) {
                    sink.fail(
                            met.isEmpty()
                                    ? FailureMapper.queueFull(rules.timing().queue())
                                    : FailureMapper.of(met, place.untilReturn()));
                    return;
                }
                try (Lease lease = granted.get()) {
                    ended = attempt(lease, place);
                }
            }
        } catch (NoAccountException unavailable) {
            Duration untilReturn = unavailable.retryAfter().orElse(Duration.ZERO);
            sink.fail(met.isEmpty() ? FailureMapper.of(unavailable) : FailureMapper.of(met, untilReturn));
        }
    }

    private PendingLease enqueue() {
        RequestKind kind = resolvedConversation.type().requestKind();
        boolean uploads = resolvedConversation.conversation().turns().stream()
                .anyMatch(message -> !Media.in(message).isEmpty());
        Optional<AccountId> preferred = dependencies.channel().preferred(resolvedConversation);
        return uploads
                ? dependencies.ring().enqueue(preferred, kind, RequestKind.UPLOAD)
                : dependencies.ring().enqueue(preferred, kind);
    }

    /** Waits in the queue for an account; empty when the time for that is over. */
    private Optional<Lease> lease(PendingLease place) throws NoAccountException, InterruptedException {
        while (met.isEmpty() || !isLate()) {
            long now = nanoTime.getAsLong();
            Duration left = Durations.atLeastZero(rules.timing().queue().minus(queued));
            Optional<Lease> lease = place.await(Durations.shorter(left, clientHeartbeat.next()));
            queued = queued.plusNanos(nanoTime.getAsLong() - now);
            if (lease.isPresent() || left.isZero()) {
                return lease;
            }
            clientHeartbeat.beat();
        }
        return Optional.empty();
    }

    /** Whether the request's deadline has passed: no attempt begins after it, a running one goes on. */
    private boolean isLate() {
        RequestTimeouts timing = rules.timing();
        Duration limit = timing.queue().plus(timing.firstByte().multipliedBy(2));
        return nanoTime.getAsLong() - began >= limit.toNanos();
    }

    /** Tries one account; returns whether the request has ended, well or badly. */
    private boolean attempt(Lease lease, PendingLease place) throws InterruptedException {
        Account account = lease.account();
        sink.leased(account.id());
        debug(account, "was leased", began);
        long sent = nanoTime.getAsLong();
        var end = new CommitPoint(sink);
        var required =
                new RequiredToolCallFilter(resolvedConversation.conversation().toolChoice(), end);
        var retry = new UncommittedRetry(end);
        try (AnswerStream stream = dependencies.channel().open(resolvedConversation, lease)) {
            pump(stream, account, end, required, retry);
            debug(account, "answered", sent);
            if (!required.isUnmet() && !retry.requested) {
                end.answer().ifPresent(stream::delivered);
            }
            lease.succeeded();
            count(account, required.isUnmet() ? required.usage() : end.usage());
        } catch (UpstreamException broken) {
            return failed(lease, broken.failure(), place, end);
        }
        if (!required.isUnmet() && !retry.requested) {
            sink.done();
            return true;
        }
        if (isLate()) {
            Failure unmet = Failure.of(
                    FailureKind.UNFIT,
                    required.isUnmet()
                            ? "the model answered without the required tool call"
                            : "the answer is unusable");
            sink.fail(FailureMapper.of(new Met(account.id(), unmet), place.untilReturn()));
            return true;
        }
        if (required.isUnmet()) {
            LOG.info(
                    "[CHAT] {} {} answered without the required tool call; the gateway asks once more",
                    sink.requestId(),
                    account.id());
            insisting = false;
        } else {
            retried = true;
        }
        place.readmit(account.id());
        return false;
    }

    private boolean failed(Lease lease, Failure failure, PendingLease place, CommitPoint end) {
        AccountId account = lease.account().id();
        LOG.warn("[CHAT] {} {} failed: {} ({})", sink.requestId(), account, failure.detail(), failure.kind());
        lease.failed(failure);
        var latest = new Met(account, failure);
        met.add(latest);
        FailureKind.Verdict verdict = failure.kind().verdict();
        long alike = met.stream()
                .filter(each -> each.failure().kind().verdict() == verdict)
                .count();
        if (end.isCommitted() || verdict == FailureKind.Verdict.GIVE_UP) {
            sink.fail(FailureMapper.of(latest, place.untilReturn()));
            return true;
        }
        if (alike >= verdict.accounts()) {
            sink.fail(FailureMapper.of(met, place.untilReturn()));
            return true;
        }
        return false;
    }

    private void debug(Account account, String step, long since) {
        if (LOG.isDebugEnabled()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - since);
            LOG.debug("[CHAT] {} {} {} after {} ms", sink.requestId(), account.id(), step, millis);
        }
    }

    private void count(Account account, @Nullable Usage cost) {
        int input = cost == null ? 0 : cost.input();
        int output = cost == null ? 0 : cost.output();
        dependencies.usage().count(account, resolvedConversation.model(), input, output);
    }

    /** Relays the answer from its first event to its last. */
    private void pump(
            AnswerStream stream,
            Account account,
            CommitPoint end,
            RequiredToolCallFilter required,
            UncommittedRetry retry)
            throws UpstreamException, InterruptedException {
        AnswerListener chain = dependencies
                .filters()
                .create(insisting ? required : end, resolvedConversation.conversation(), rules.presentation(), retry);
        var streamTimeouts = new StreamTimeouts(rules.timing(), nanoTime);
        long sent = nanoTime.getAsLong();
        boolean first = true;
        while (!end.isFinished()) {
            AnswerStream.Progress progress =
                    read(stream, chain, Durations.shorter(streamTimeouts.left(), clientHeartbeat.next()));
            streamTimeouts.note(progress);
            sink.shortened(stream.omitted());
            if (first && (progress == AnswerStream.Progress.EVENTS || progress == AnswerStream.Progress.ENDED)) {
                debug(account, "sent its first event", sent);
                first = false;
            }
            if (end.isFinished() || required.isUnmet() || retry.requested) {
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
            requested = !retried && !end.isCommitted() && !isLate();
            if (requested) {
                LOG.info("[CHAT] {} retrying an unusable answer: {}", sink.requestId(), reason);
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
