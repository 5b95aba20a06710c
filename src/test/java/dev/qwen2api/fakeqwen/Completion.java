package dev.qwen2api.fakeqwen;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** What became of one request for an answer, web or portal. Safe for use by several threads. */
public final class Completion {
    /** How an answer ended. */
    public enum Outcome {
        /** It is still being sent, or held back by a fault. */
        RUNNING,
        /** The last frame was sent. */
        FINISHED,
        /** A reply that is no stream was sent instead. */
        REFUSED,
        /** A fault or a script ended the stream without its last frame. */
        CUT,
        /** The stop request ended it. */
        STOPPED,
        /** The client closed the connection early. */
        CLIENT_CLOSED
    }

    private final Request request;
    private final Clock clock;
    private final Signal changes;
    private final AtomicInteger texts = new AtomicInteger();
    private volatile Outcome outcome = Outcome.RUNNING;
    private volatile boolean stopRequested;
    private volatile Optional<Instant> endedAt = Optional.empty();
    private volatile String responseId = "";

    Completion(Request request, Clock clock, Signal changes) {
        this.request = request;
        this.clock = clock;
        this.changes = changes;
    }

    /** The request. */
    public Request request() {
        return request;
    }

    /** The prompt in it. */
    public Prompt prompt() {
        return new Prompt(userId(), chatId(), request.json());
    }

    /** The account, empty without a readable token. */
    public String userId() {
        return request.userId().orElse("");
    }

    /** The chat, empty on the portal. */
    public String chatId() {
        return request.query("chat_id").orElse("");
    }

    /** The id of the answer, empty if it was refused. */
    public String responseId() {
        return responseId;
    }

    /** How it ended so far. */
    public Outcome outcome() {
        return outcome;
    }

    /** How many frames with text were written. */
    public int textFrames() {
        return texts.get();
    }

    /** When it ended; empty while it runs. */
    public Optional<Instant> endedAt() {
        return endedAt;
    }

    /** Whether a stop request came for it. */
    public boolean stopRequested() {
        return stopRequested;
    }

    /** Waits until it is over; false if it still runs after the time. */
    public boolean awaitEnd(Duration most) {
        return changes.await(() -> outcome != Outcome.RUNNING, most);
    }

    /** Waits until it has this outcome. */
    public boolean awaitOutcome(Outcome wanted, Duration most) {
        return changes.await(() -> outcome == wanted, most);
    }

    /** Waits until so many text frames were written. */
    public boolean awaitTextFrames(int count, Duration most) {
        return changes.await(() -> texts.get() >= count, most);
    }

    /** Waits until the client has closed the connection early. */
    public boolean awaitClientClosed(Duration most) {
        return awaitOutcome(Outcome.CLIENT_CLOSED, most);
    }

    /** Waits until a stop request came for it. */
    public boolean awaitStop(Duration most) {
        return changes.await(() -> stopRequested, most);
    }

    /** Waits until the client has given it up, by closing the connection or by a stop request. */
    public boolean awaitAbandoned(Duration most) {
        Set<Outcome> given = EnumSet.of(Outcome.CLIENT_CLOSED, Outcome.STOPPED);
        return changes.await(() -> stopRequested || given.contains(outcome), most);
    }

    void answers(String id) {
        responseId = id;
    }

    void sentText() {
        texts.incrementAndGet();
        changes.changed();
    }

    void stopWasRequested() {
        stopRequested = true;
        changes.changed();
    }

    void ended(Outcome how) {
        if (outcome == Outcome.RUNNING) {
            endedAt = Optional.of(clock.instant());
            outcome = how;
            changes.changed();
        }
    }

    @Override
    public String toString() {
        return request + " " + outcome;
    }
}
