package dev.qwen2api.qwen;

import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where everything that comes of one attempt arrives, from whichever thread, to be taken by the one that reads the answer. It
 * stays small: {@link EventBody} asks for more of a stream only when something was taken.
 */
public final class Inbox {

    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();

    /** Something that arrived. */
    public sealed interface Item {
        /** The event stream begins. */
        record Opened(int status, HttpHeaders headers) implements Item {}

        /** More of the event stream. {@code taken} asks for the next piece. */
        record Bytes(List<ByteBuffer> pieces, Runnable taken) implements Item {}

        /** The event stream has ended in good order. */
        record End() implements Item {}

        /** A reply that is no event stream. */
        record Refused(FailureClassifier.Reply reply) implements Item {}

        /** No reply, or the end of one in disorder. */
        record Broken(Throwable cause) implements Item {}
    }

    public void put(Item item) {
        items.add(item);
    }

    /** Waits for the next item; null when the time is over. */
    public @Nullable Item take(Duration patience) throws InterruptedException {
        Item here = items.poll();
        return here != null || patience.isZero() ? here : items.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
