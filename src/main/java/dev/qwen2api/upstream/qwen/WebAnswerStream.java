package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.UpstreamAttempt.Prompt;
import dev.qwen2api.upstream.qwen.UpstreamAttempt.Upstream;
import dev.qwen2api.upstream.qwen.stream.AnswerReader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one question. One thread reads; the lock guards which attempt is the present one, because any thread may close.
 */
final class WebAnswerStream implements AnswerStream {

    /** Enough to gather what arrived together, and few enough that a fast upstream does not keep the client waiting. */
    private static final int TOGETHER = 16;

    private final Upstream upstream;
    private final Account account;
    private UpstreamAttempt upstreamAttempt;
    private AnswerReader answer = new AnswerReader();
    private Prompt prompt;
    private AttemptEvents.Item.@Nullable Opened opened;
    private boolean rendered;
    private volatile boolean ended;
    private boolean closed;

    WebAnswerStream(Upstream upstream, Account account, Prompt prompt) {
        this.upstream = upstream;
        this.account = account;
        this.prompt = prompt;
        this.upstreamAttempt = new UpstreamAttempt(upstream, account, prompt);
    }

    synchronized void start() {
        upstreamAttempt.start();
    }

    private synchronized UpstreamAttempt attempt() {
        return upstreamAttempt;
    }

    /** The head of a reply is no sign of life yet: streams have been seen that consist of nothing else. */
    @Override
    public Progress read(Duration patience, AnswerListener listener) throws UpstreamException, InterruptedException {
        AttemptEvents.Item item = attempt().inbox().take(patience);
        if (item == null) {
            return Progress.QUIET;
        }
        var counting = new Counting(listener);
        boolean alive = false;
        boolean onTheWay = false;
        for (int taken = 1; item != null; taken++) {
            take(item, counting);
            alive |= !(item instanceof AttemptEvents.Item.Opened);
            onTheWay |= item instanceof AttemptEvents.Item.Step;
            if (answer.isFinished() || rendered) {
                attempt().generated();
                ended = true;
                return Progress.ENDED;
            }
            item = taken < TOGETHER ? attempt().inbox().take(Duration.ZERO) : null;
        }
        // Files take as long as they take, while they move.
        return counting.heard || onTheWay ? Progress.EVENTS : alive ? Progress.ALIVE : Progress.QUIET;
    }

    private static final class Counting implements AnswerListener {
        private final AnswerListener next;
        private boolean heard;

        Counting(AnswerListener next) {
            this.next = next;
        }

        @Override
        public void on(AnswerEvent event) {
            heard = true;
            next.on(event);
        }
    }

    private void take(AttemptEvents.Item item, AnswerListener listener) throws UpstreamException {
        if (item instanceof AttemptEvents.Item.Opened head) {
            opened = head;
        } else if (item instanceof AttemptEvents.Item.Bytes bytes) {
            feed(bytes, listener);
        } else if (item instanceof AttemptEvents.Item.TakenOn video) {
            listener.on(new AnswerEvent.Rendering(video.task()));
        } else if (item instanceof AttemptEvents.Item.Rendered video) {
            rendered = true;
            listener.on(new AnswerEvent.Video(video.url()));
            listener.on(new AnswerEvent.Finished(AnswerEvent.Finished.Reason.STOP));
        } else if (item instanceof AttemptEvents.Item.End) {
            end(listener);
        } else if (item instanceof AttemptEvents.Item.Refused refused) {
            refused(FailureClassifier.classify(refused.reply(), upstream.clock().instant()));
        } else if (item instanceof AttemptEvents.Item.Broken broken) {
            throw broken(broken.cause());
        }
    }

    private void feed(AttemptEvents.Item.Bytes bytes, AnswerListener listener) throws UpstreamException {
        try {
            for (ByteBuffer piece : bytes.pieces()) {
                answer.feed(piece, listener);
            }
        } catch (UpstreamException told) {
            refused(told.failure());
            return;
        }
        bytes.taken().run();
    }

    private void end(AnswerListener listener) throws UpstreamException {
        try {
            answer.end(listener);
        } catch (UpstreamException told) {
            refused(pretended().orElse(told.failure()));
        }
    }

    /** What came under the name of an event stream and was none. */
    private Optional<Failure> pretended() {
        byte[] head = answer.eventlessHead();
        if (head.length == 0 || opened == null) {
            return Optional.empty();
        }
        return Optional.of(FailureClassifier.classify(
                UpstreamAttempt.described(opened.status(), opened.headers(), head),
                upstream.clock().instant()));
    }

    /**
     * Some models refuse not to think and say {@code invalid_input} (seen 2026-07): those are asked once more, thinking. A chat that
     * was made ahead and is gone by now is made anew.
     */
    private void refused(Failure failure) throws UpstreamException {
        boolean mustThink =
                failure.equals(UpstreamErrorParser.INVALID_INPUT) && !prompt.thinking() && !answer.hasDelivered();
        boolean toldByTheService = failure.kind() != FailureKind.TRUNCATED && failure.kind() != FailureKind.BROKEN;
        if (toldByTheService) {
            attempt().generated();
        }
        boolean chatGone =
                failure.equals(UpstreamErrorParser.CHAT_GONE) && attempt().isWarm() && !answer.hasDelivered();
        if (!(mustThink || chatGone) || !askAgain(mustThink ? prompt.think() : prompt)) {
            throw new UpstreamException(failure);
        }
    }

    /** In a chat of its own, because the refused one may still count as busy. Returns false where it is too late. */
    private synchronized boolean askAgain(Prompt next) {
        if (closed) {
            return false;
        }
        upstreamAttempt.close(answer.responseId());
        prompt = next;
        answer = new AnswerReader();
        opened = null;
        upstreamAttempt = new UpstreamAttempt(upstream, account, next);
        upstreamAttempt.start();
        return true;
    }

    private UpstreamException broken(Throwable cause) {
        Failure failure = answer.hasDelivered()
                ? Failure.of(FailureKind.TRUNCATED, "the connection broke off in the middle of the answer")
                : TransportErrors.of(cause);
        return new UpstreamException(failure, cause);
    }

    @Override
    public synchronized void close() {
        boolean first = !closed;
        closed = true;
        upstreamAttempt.close(answer.responseId());
        if (first && ended && !rendered) {
            upstream.warm().prepare(account, prompt.question());
        }
    }
}
