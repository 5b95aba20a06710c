package dev.qwen2api.upstream.qwen;

import dev.qwen2api.upstream.qwen.AttemptEvents.Item;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an event stream on its way into an {@link AttemptEvents}: a few pieces ahead of the reader, no more, so
 * that a client that reads slowly slows the upstream down. Thread-safe.
 */
public final class EventStreamSubscriber implements BodySubscriber<Void> {

    private static final int AHEAD = 4;
    private static final long DRAIN_MILLIS = 2_000;

    private final AttemptEvents attemptEvents;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean cancelled;
    private volatile boolean draining;

    /** Pieces that the reader took since it last asked for more. */
    private int taken;

    public EventStreamSubscriber(AttemptEvents attemptEvents) {
        this.attemptEvents = attemptEvents;
    }

    /** Whether a reply with these headers is an event stream. Compressed ones were not asked for and are not read. */
    public static boolean isIn(HttpHeaders headers) {
        boolean type = headers.firstValue("content-type")
                .map(value -> value.toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                .orElse(false);
        boolean plain = headers.firstValue("content-encoding")
                .map(value -> value.equalsIgnoreCase("identity"))
                .orElse(true);
        return type && plain;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (cancelled) {
            given.cancel();
        } else {
            given.request(AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        if (!draining) {
            attemptEvents.put(new Item.Bytes(pieces, this::taken));
        }
    }

    /** Asks for several pieces at a time: each request costs a turn of the connection's scheduler. */
    private void taken() {
        taken++;
        if (taken == AHEAD / 2) {
            taken = 0;
            request(AHEAD / 2);
        }
    }

    private void request(long pieces) {
        Flow.Subscription given = subscription;
        if (given != null) {
            given.request(pieces);
        }
    }

    @Override
    public void onError(Throwable broken) {
        attemptEvents.put(new Item.Broken(broken));
        done.complete(null);
    }

    @Override
    public void onComplete() {
        attemptEvents.put(new Item.End());
        done.complete(null);
    }

    /**
     * Lets what is left of the stream pass by unread: only a connection that was read to its end can carry another
     * request. One that does not end in time is closed.
     */
    public void drain() {
        draining = true;
        request(Long.MAX_VALUE);
        done.orTimeout(DRAIN_MILLIS, TimeUnit.MILLISECONDS).exceptionally(late -> {
            cancel();
            return null;
        });
    }

    /** Closes the connection under the stream. */
    public void cancel() {
        cancelled = true;
        Flow.Subscription given = subscription;
        if (given != null) {
            given.cancel();
        }
        done.complete(null);
    }
}
