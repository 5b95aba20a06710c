package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An answer for which the session may have to be renewed, once. The wait for that is a quiet one, so that heartbeats, the look
 * after the client and the time limits are what they are everywhere. One thread reads; the lock guards what is closed, because
 * any thread may close.
 */
final class RenewingStream implements AnswerStream {

    private static final Failure ENDED = Failure.of(FailureKind.EXPIRED, "its token has ended");

    private final Function<Account, AnswerStream> asking;
    private final SessionKeeper sessions;
    private Account account;
    private @Nullable AnswerStream answer;
    private @Nullable CompletableFuture<Account> renewal;
    private boolean heard;
    private boolean closed;

    /**
     * @param account as it was leased
     * @param asking asks with a session that is alive
     */
    RenewingStream(Account account, Function<Account, AnswerStream> asking, SessionKeeper sessions) {
        this.account = account;
        this.asking = asking;
        this.sessions = sessions;
    }

    void start() {
        if (sessions.hasEnded(account)) {
            renew(ENDED);
        } else {
            sessions.lookAhead(account);
            ask(account);
        }
    }

    private synchronized void renew(Failure dead) {
        CompletableFuture<Account> begun = sessions.renewed(account, dead);
        renewal = begun;
        answer = null;
        if (closed) {
            begun.cancel(false);
        }
    }

    private synchronized void ask(Account alive) {
        account = alive;
        AnswerStream asked = asking.apply(alive);
        answer = asked;
        if (closed) {
            asked.close();
        }
    }

    private synchronized @Nullable AnswerStream answer() {
        return answer;
    }

    @Override
    public Progress read(Duration patience, AnswerListener listener) throws UpstreamException, InterruptedException {
        AnswerStream asked = answer();
        if (asked == null) {
            return awaitSession(patience);
        }
        try {
            return asked.read(patience, event -> {
                heard = true;
                listener.on(event);
            });
        } catch (UpstreamException broken) {
            boolean dead = broken.failure().kind() == FailureKind.EXPIRED;
            if (!dead || heard || renewal != null) {
                throw broken;
            }
            asked.close();
            renew(broken.failure());
            return Progress.QUIET;
        }
    }

    private Progress awaitSession(Duration patience) throws UpstreamException, InterruptedException {
        try {
            ask(Objects.requireNonNull(renewal).get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException notYet) {
            return Progress.QUIET;
        } catch (ExecutionException | CancellationException failed) {
            Throwable cause = failed.getCause();
            Failure failure = cause instanceof UpstreamException told ? told.failure() : TransportErrors.of(failed);
            throw new UpstreamException(failure, failed);
        }
        return Progress.QUIET;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (answer != null) {
            answer.close();
        } else if (renewal != null) {
            renewal.cancel(false);
        }
    }
}
