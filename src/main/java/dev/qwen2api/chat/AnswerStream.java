package dev.qwen2api.chat;

import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.util.List;

/** An answer that is arriving from the upstream. Read by one thread; any thread may {@link #close()} it. */
public interface AnswerStream extends AutoCloseable {

    /** What one wait brought. */
    enum Progress {
        /** At least one event was handed over. */
        EVENTS,
        /** The upstream is there but had nothing to say (keep-alives, unknown frames). */
        ALIVE,
        /** Nothing came in the time given. */
        QUIET,
        /** The answer is complete; {@code Finished} was handed over. */
        ENDED
    }

    /**
     * Waits for whatever comes next and hands all events that arrived together to the listener.
     *
     * @param timeout longest wait; zero only takes what is already here
     * @throws UpstreamException when the answer cannot come, or broke off: an end without {@code Finished} is one
     * @throws InterruptedException when this thread is told to stop
     */
    Progress read(Duration timeout, AnswerListener listener) throws UpstreamException, InterruptedException;

    /** The parts of the conversation that the model was not sent; known before the first event is handed over. */
    default List<String> omitted() {
        return List.of();
    }

    /** The client was handed the whole answer as this message. Called at most once, before {@link #close}. */
    default void delivered(Message answer) {}

    /** Ends the exchange; an answer still being written is stopped at the upstream. Never blocks, idempotent. */
    @Override
    void close();
}
