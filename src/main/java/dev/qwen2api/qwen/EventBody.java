package dev.qwen2api.qwen;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The body of an event stream on its way into an {@link Inbox}: a few pieces ahead of the reader, no more, so that a client
 * that reads slowly slows the upstream down. Thread-safe.
 */
final class EventBody implements BodySubscriber<Void> {

    private static final int AHEAD = 4;

    private final Inbox inbox;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
    private volatile boolean cancelled;

    EventBody(Inbox inbox) {
        this.inbox = inbox;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.set(given);
        if (cancelled) {
            given.cancel();
        } else {
            given.request(AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        inbox.put(new Inbox.Item.Bytes(pieces, this::more));
    }

    private void more() {
        Flow.Subscription given = subscription.get();
        if (given != null) {
            given.request(1);
        }
    }

    @Override
    public void onError(Throwable broken) {
        inbox.put(new Inbox.Item.Broken(broken));
        done.complete(null);
    }

    @Override
    public void onComplete() {
        inbox.put(new Inbox.Item.End());
        done.complete(null);
    }

    /** Closes the connection under the stream. */
    void cancel() {
        cancelled = true;
        Flow.Subscription given = subscription.get();
        if (given != null) {
            given.cancel();
        }
        done.complete(null);
    }
}
