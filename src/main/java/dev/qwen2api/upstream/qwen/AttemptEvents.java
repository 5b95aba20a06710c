package dev.qwen2api.upstream.qwen;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.error.Operation;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where everything that comes of one attempt arrives, from whichever thread, to be taken by the one that reads the
 * answer. It stays small: {@link EventStreamSubscriber} asks for more of a stream only when something was taken.
 *
 * <p>The reader waits without a time limit of its own, and a {@link DeadlineTimer} that all share wakes it when its
 * timeout is over: a virtual thread's timed wait starts and stops a timer in yet another thread, for every chunk of
 * every stream.
 */
public final class AttemptEvents implements DeadlineTimer.Waiter {

    /**
     * The {@link Item#size} of what a reader takes before the client gets it: enough to gather what arrived together,
     * and so little that a fast upstream neither keeps the client waiting nor fills the memory.
     */
    public static final int BATCH_BYTES = 16 * 1024;

    private final DeadlineTimer deadlineTimer;
    private final Queue<Item> items = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread reader;
    private volatile long deadline;

    /** Something that arrived. */
    public sealed interface Item {

        /** Bytes; what has none counts as a small piece. */
        default int size() {
            return 1024;
        }

        /** The event stream begins. */
        record Opened(int status, HttpHeaders headers) implements Item {

            /** The failure that a stream without any event stands for; empty where the stream has no bytes. */
            Optional<Failure> failure(byte[] head, Instant now) {
                return head.length == 0
                        ? Optional.empty()
                        : Optional.of(
                                FailureClassifier.classify(Operation.COMPLETION, Reply.of(status, headers, head), now));
            }
        }

        /** A step was made on the way to asking, such as a piece of a file that went up. */
        record Step() implements Item {}

        /** The message lacks parts of the conversation, because they could not be attached. */
        record Shortened(List<String> omitted) implements Item {}

        /** The upstream has begun to make a video of that user under that name. */
        record TakenOn(String task, Optional<String> user) implements Item {}

        /** A video is finished and lies at that address. */
        record Rendered(String url) implements Item {}

        /** The links of finished pictures that lead to pictures. */
        record Pictures(List<String> urls) implements Item {}

        /** More of the event stream. {@code taken} asks for the next piece. */
        record Bytes(List<ByteBuffer> pieces, Runnable taken) implements Item {

            @Override
            public int size() {
                int bytes = 0;
                for (ByteBuffer piece : pieces) {
                    bytes += piece.remaining();
                }
                return Math.max(Item.super.size(), bytes);
            }
        }

        /** The event stream has ended in good order. */
        record End() implements Item {}

        /** A reply that is no event stream. */
        record Refused(Reply reply) implements Item {}

        /** No reply, or the end of one in disorder. */
        record Broken(Throwable cause) implements Item {}
    }

    AttemptEvents(DeadlineTimer deadlineTimer) {
        this.deadlineTimer = deadlineTimer;
    }

    public void put(Item item) {
        items.add(item);
        LockSupport.unpark(reader);
    }

    @Override
    public void wakeIfLate(long now) {
        Thread waiting = reader;
        if (waiting != null && now - deadline >= 0) {
            LockSupport.unpark(waiting);
        }
    }

    /** Waits for the next item; null when the time is over. For one thread. */
    public @Nullable Item take(Duration timeout) throws InterruptedException {
        Item here = items.poll();
        return here != null || timeout.isZero() ? here : await(deadlineTimer.now() + timeout.toNanos());
    }

    private @Nullable Item await(long until) throws InterruptedException {
        deadline = until;
        reader = Thread.currentThread();
        deadlineTimer.watch(this);
        try {
            while (true) {
                Item item = items.poll();
                if (item != null || deadlineTimer.now() - until >= 0) {
                    return item;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.park(this);
            }
        } finally {
            deadlineTimer.forget(this);
            reader = null;
        }
    }
}
