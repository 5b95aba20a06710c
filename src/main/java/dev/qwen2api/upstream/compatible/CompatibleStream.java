package dev.qwen2api.upstream.compatible;

import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.compatible.CompatibleService.Authorization;
import dev.qwen2api.upstream.compatible.CompatibleService.Bearer;
import dev.qwen2api.upstream.qwen.AttemptEvents;
import dev.qwen2api.upstream.qwen.AttemptEvents.Item;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a compatible service: waits for the token, sends the request, and reads the reply. A dead token is
 * renewed and the request sent once more. The lock guards the present call, because any thread may close.
 */
final class CompatibleStream implements AnswerStream {

    private final Authorization authorization;
    private final Supplier<CompatibleCall> calls;
    private final Clock clock;
    private CompletableFuture<Bearer> token;
    private CompatibleAnswerReader reader = new CompatibleAnswerReader();
    private @Nullable Bearer bearer;
    private @Nullable CompatibleCall call;
    private boolean renewed;
    private boolean closed;

    CompatibleStream(Authorization authorization, Supplier<CompatibleCall> calls, Clock clock) {
        this.authorization = authorization;
        this.calls = calls;
        this.clock = clock;
        this.token = authorization.bearer();
    }

    private synchronized void send(Bearer with) {
        bearer = with;
        if (!closed) {
            call = calls.get();
            call.send(with);
        }
    }

    private synchronized @Nullable CompatibleCall call() {
        return call;
    }

    @Override
    public Progress read(Duration timeout, AnswerListener listener) throws UpstreamException, InterruptedException {
        CompatibleCall sent = call();
        return sent == null ? awaitToken(timeout) : read(sent, timeout, listener);
    }

    private Progress awaitToken(Duration timeout) throws UpstreamException, InterruptedException {
        try {
            send(token.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException notYet) {
            return Progress.QUIET;
        } catch (ExecutionException | CancellationException failed) {
            Throwable cause = failed.getCause();
            Failure failure = cause instanceof UpstreamException known ? known.failure() : TransportErrors.of(failed);
            throw new UpstreamException(failure, failed);
        }
        return Progress.QUIET;
    }

    private Progress read(CompatibleCall sent, Duration timeout, AnswerListener listener)
            throws UpstreamException, InterruptedException {
        try {
            return take(sent, timeout, listener);
        } catch (UpstreamException broken) {
            if (broken.failure().kind() != FailureKind.EXPIRED || reader.hasDelivered()) {
                throw broken;
            }
            if (renewed) {
                authorization.rejected();
                throw broken;
            }
            sent.close();
            renew();
            return Progress.QUIET;
        }
    }

    private synchronized void renew() {
        renewed = true;
        reader = new CompatibleAnswerReader();
        call = null;
        token = authorization.renew(Objects.requireNonNull(bearer));
    }

    /** The head of a reply is no sign of life yet: streams have been seen that consist of nothing else. */
    private Progress take(CompatibleCall sent, Duration timeout, AnswerListener listener)
            throws UpstreamException, InterruptedException {
        AttemptEvents events = sent.events();
        int before = reader.delivered();
        boolean alive = false;
        Item item = events.take(timeout);
        int taken = 0;
        while (item != null) {
            taken += item.size();
            alive |= !(item instanceof Item.Opened);
            handle(item, listener);
            if (reader.isFinished()) {
                sent.finished();
                return Progress.ENDED;
            }
            item = taken < AttemptEvents.BATCH_BYTES ? events.take(Duration.ZERO) : null;
        }
        return reader.delivered() > before ? Progress.EVENTS : alive ? Progress.ALIVE : Progress.QUIET;
    }

    private void handle(Item item, AnswerListener listener) throws UpstreamException {
        if (item instanceof Item.Opened) {
            authorization.accepted();
        } else if (item instanceof Item.Bytes bytes) {
            for (ByteBuffer piece : bytes.pieces()) {
                reader.feed(piece, listener);
            }
            bytes.taken().run();
        } else if (item instanceof Item.End) {
            reader.end(listener);
        } else if (item instanceof Item.Refused refused) {
            String secret = Objects.requireNonNull(bearer).token();
            throw new UpstreamException(CompatibleErrorParser.parse(refused.reply(), secret, clock));
        } else if (item instanceof Item.Broken broken) {
            Failure failure = reader.hasDelivered()
                    ? Failure.of(FailureKind.TRUNCATED, "the connection broke off in the middle of the answer")
                    : TransportErrors.of(broken.cause());
            throw new UpstreamException(failure, broken.cause());
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (call != null) {
            call.close();
        }
        authorization.close();
    }
}
