package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.failure.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes an answer on to a sink, but keeps a failure before its first event, so that another channel can be tried. */
final class FallbackSink implements AnswerSink {

    private final AnswerSink next;
    private boolean opened;
    private @Nullable Problem problem;
    private boolean tried;

    FallbackSink(AnswerSink next) {
        this.next = next;
    }

    /** The failure that was kept. */
    Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    /** Whether any account was leased. */
    boolean hasTried() {
        return tried;
    }

    @Override
    public void leased(AccountId account) {
        tried = true;
        next.leased(account);
    }

    @Override
    public String requestId() {
        return next.requestId();
    }

    @Override
    public boolean isWhole() {
        return next.isWhole();
    }

    @Override
    public void open() {
        opened = true;
        next.open();
    }

    @Override
    public void on(AnswerEvent event) {
        next.on(event);
    }

    @Override
    public void flush() {
        next.flush();
    }

    @Override
    public void heartbeat() {
        next.heartbeat();
    }

    @Override
    public boolean clientGone() {
        return next.clientGone();
    }

    @Override
    public void fail(Problem failed) {
        if (opened) {
            next.fail(failed);
        } else {
            problem = failed;
        }
    }

    @Override
    public void done() {
        next.done();
    }
}
