package dev.qwen2api.chat;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Lease;
import dev.qwen2api.account.NoAccountException;
import dev.qwen2api.account.Ticket;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.ClientFace.Met;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its way through as many accounts as it takes, each tried once. Used once, by one thread. */
final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final ChatService.Means means;
    private final ChatService.Rules rules;
    private final LongSupplier nanoTime;
    private final Question question;
    private final AnswerSink sink;
    private final Pulse pulse;
    private final Set<AccountId> tried = new HashSet<>();
    private final List<Met> met = new ArrayList<>();

    Exchange(
            ChatService.Means means,
            ChatService.Rules rules,
            LongSupplier nanoTime,
            Question question,
            AnswerSink sink) {
        this.means = means;
        this.rules = rules;
        this.nanoTime = nanoTime;
        this.question = question;
        this.sink = sink;
        this.pulse = new Pulse(sink, rules.timing(), nanoTime);
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
                sink.fail(met.isEmpty() ? ClientFace.queueFull(rules.timing().queue()) : ClientFace.of(met));
                return true;
            }
            try (Lease lease = turn.get()) {
                return attempt(lease);
            }
        } catch (NoAccountException absence) {
            sink.fail(met.isEmpty() ? ClientFace.of(absence) : ClientFace.of(met));
            return true;
        }
    }

    /** Waits in the queue for an account; empty when the queue's time is over. */
    private Optional<Lease> turn() throws NoAccountException, InterruptedException {
        long began = nanoTime.getAsLong();
        try (Ticket ticket = means.ring().ticket(tried)) {
            while (true) {
                Duration left = Durations.atLeastZero(rules.timing().queue().minusNanos(nanoTime.getAsLong() - began));
                Optional<Lease> lease = ticket.await(Durations.shorter(left, pulse.next()));
                if (lease.isPresent() || left.isZero()) {
                    return lease;
                }
                pulse.beat();
            }
        }
    }

    private boolean attempt(Lease lease) throws InterruptedException {
        AccountId account = lease.account().id();
        tried.add(account);
        sink.leased(account);
        var end = new CommitPoint(sink);
        try (AnswerStream stream = means.channel().open(question, lease.account())) {
            pump(stream, end);
            lease.succeeded();
            count(account, end);
            sink.done();
            return true;
        } catch (UpstreamException broken) {
            Failure failure = broken.failure();
            LOG.warn("[CHAT] {} failed: {} ({})", account, failure.detail(), failure.kind());
            lease.failed(failure);
            met.add(new Met(account, failure));
            if (end.isCommitted() || failure.kind().verdict() == Failure.Verdict.GIVE_UP) {
                sink.fail(ClientFace.of(new Met(account, failure)));
                return true;
            }
            return false;
        }
    }

    private void count(AccountId account, CommitPoint end) {
        Usage cost = end.usage();
        means.usage()
                .count(account, question.model(), cost == null ? 0 : cost.input(), cost == null ? 0 : cost.output());
    }

    /** Relays the answer from its first event to its last. */
    private void pump(AnswerStream stream, CommitPoint end) throws UpstreamException, InterruptedException {
        AnswerListener chain = AnswerChain.to(end, question.conversation(), rules.presentation());
        var patience = new Patience(rules.timing(), nanoTime);
        while (!end.isFinished()) {
            AnswerStream.Progress progress = read(stream, chain, Durations.shorter(patience.left(), pulse.next()));
            patience.note(progress);
            if (end.isFinished()) {
                return;
            }
            if (progress == AnswerStream.Progress.ENDED) {
                throw new UpstreamException(Failure.of(Failure.Kind.TRUNCATED, "the answer broke off before its end"));
            }
            if (end.flush()) {
                pulse.sent();
            } else {
                patience.check();
                pulse.beat();
            }
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
