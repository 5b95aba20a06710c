package dev.qwen2api.chat;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The end of every chain: opens the sink with the first event that a client can see, and closes the gate behind
 * {@code Finished}. What can only be seen beside words waits for them, so that it does not commit a request by itself.
 */
final class CommitPoint implements AnswerListener {

    private final AnswerSink sink;
    private @Nullable Sources waiting;
    private boolean committed;
    private boolean finished;
    private boolean news;
    private @Nullable Usage usage;

    CommitPoint(AnswerSink sink) {
        this.sink = sink;
    }

    @Override
    public void on(AnswerEvent event) {
        if (finished) {
            return;
        }
        if (event instanceof Sources sources && !committed) {
            waiting = sources;
            return;
        }
        if (event instanceof Usage cost) {
            usage = cost;
        }
        commit();
        sink.on(event);
        news = true;
        finished = event instanceof Finished;
    }

    private void commit() {
        if (!committed) {
            committed = true;
            sink.open();
            if (waiting != null) {
                sink.on(waiting);
            }
        }
    }

    boolean isCommitted() {
        return committed;
    }

    boolean isFinished() {
        return finished;
    }

    /** What the answer cost; null before its end. */
    @Nullable
    Usage usage() {
        return usage;
    }

    /** Sends what was printed since the last time; returns whether there was anything. */
    boolean flush() {
        boolean sent = news;
        if (news) {
            news = false;
            sink.flush();
        }
        return sent;
    }
}
