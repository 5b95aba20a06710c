package dev.qwen2api.chat;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The end of every filter chain: opens the sink with the first visible event, or with the last one for a whole answer,
 * and drops everything after {@code Finished}. Sources wait for the text that they belong to. Tool calls that no text
 * precedes wait for the end of the answer: no client runs half a call, and while nothing was sent, an answer that is
 * cut within a call can be requested again.
 */
final class CommitPoint implements AnswerListener {

    /** Most characters of calls that wait, names included; what is longer is streamed. */
    private static final int MOST_CALLS = 1 << 18;

    /** Characters that a call takes beside its arguments, roughly. */
    private static final int CALL = 64;

    private final AnswerSink sink;
    private final AnswerRecorder recorder = new AnswerRecorder();
    private final HeldEvents held = new HeldEvents();
    private int calls;
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
        recorder.on(event);
        if (event instanceof Usage cost) {
            usage = cost;
        }
        finished = event instanceof Finished;
        if (!committed && !finished && waits(event)) {
            held.add(event);
            news |= sink.isWhole();
            return;
        }
        commit();
        sink.on(event);
        news = true;
    }

    private boolean waits(AnswerEvent event) {
        if (event instanceof ToolCallOpened opened) {
            calls += opened.name().length() + CALL;
        } else if (event instanceof ToolCallArguments more) {
            calls += more.json().length();
        } else {
            return sink.isWhole() || event instanceof Sources || event instanceof Usage;
        }
        return sink.isWhole() || calls <= MOST_CALLS;
    }

    private void commit() {
        if (!committed) {
            committed = true;
            sink.open();
            held.release(sink);
        }
    }

    boolean isCommitted() {
        return committed;
    }

    boolean isFinished() {
        return finished;
    }

    /** The answer as the client gets it; empty if it is cut. */
    Optional<Message> answer() {
        return recorder.message();
    }

    /** What the answer cost; null before its end. */
    @Nullable
    Usage usage() {
        return usage;
    }

    /** Sends what was printed since the last time; returns whether the answer has gone on since. */
    boolean flush() {
        boolean sent = news;
        news = false;
        if (sent && committed) {
            sink.flush();
        }
        return sent;
    }

    /** The events that wait. Small pieces of arguments are joined, to spare memory. */
    private static final class HeldEvents {

        /** Pieces are joined to about this many characters. */
        private static final int PIECE = 1024;

        private final List<AnswerEvent> events = new ArrayList<>();
        private final StringBuilder arguments = new StringBuilder();
        private int call;

        void add(AnswerEvent event) {
            if (event instanceof ToolCallArguments more && (arguments.isEmpty() || call == more.index())) {
                call = more.index();
                arguments.append(more.json());
                if (arguments.length() >= PIECE) {
                    join();
                }
            } else {
                join();
                events.add(event);
            }
        }

        /** Hands on all events in their order, and forgets them. */
        void release(AnswerListener next) {
            join();
            events.forEach(next::on);
            events.clear();
        }

        private void join() {
            if (!arguments.isEmpty()) {
                events.add(new ToolCallArguments(call, arguments.toString()));
                arguments.setLength(0);
            }
        }
    }
}
