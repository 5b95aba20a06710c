package dev.qwen2api.chat;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of every filter chain: opens the sink with the first visible event, or with the last one for a whole answer,
 * and drops everything after {@code Finished}. Sources wait for the text that they belong to.
 */
final class CommitPoint implements AnswerListener {

    private final AnswerSink sink;
    private final List<AnswerEvent> held = new ArrayList<>();
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
        if (event instanceof Usage cost) {
            usage = cost;
        }
        finished = event instanceof Finished;
        if (!committed && (event instanceof Sources || sink.isWhole() && !finished)) {
            held.add(event);
            news |= sink.isWhole();
            return;
        }
        commit();
        sink.on(event);
        news = true;
    }

    private void commit() {
        if (!committed) {
            committed = true;
            sink.open();
            held.forEach(sink::on);
            held.clear();
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

    /** Sends what was printed since the last time; returns whether the answer has gone on since. */
    boolean flush() {
        boolean sent = news;
        if (news) {
            news = false;
            if (committed) {
                sink.flush();
            }
        }
        return sent;
    }
}
