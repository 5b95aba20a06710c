package dev.qwen2api.media;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes a body into a spool, and no more of it than is allowed. */
final class SpoolBody implements BodySubscriber<SpoolBody.End> {

    private final Spool spool;
    private final long most;
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    /** How a body ended that did not break off. */
    enum End {
        WHOLE,
        TOO_LONG
    }

    SpoolBody(Spool spool, long most) {
        this.spool = spool;
        this.most = most;
    }

    @Override
    public CompletionStage<End> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        try {
            for (ByteBuffer piece : pieces) {
                byte[] bytes = new byte[piece.remaining()];
                piece.get(bytes);
                spool.write(bytes, 0, bytes.length);
            }
        } catch (RuntimeException noRoom) {
            stop();
            end.completeExceptionally(noRoom);
            return;
        }
        if (spool.size() > most) {
            stop();
            end.complete(End.TOO_LONG);
        } else if (subscription != null) {
            subscription.request(1);
        }
    }

    private void stop() {
        if (subscription != null) {
            subscription.cancel();
        }
    }

    @Override
    public void onError(Throwable broken) {
        end.completeExceptionally(broken);
    }

    @Override
    public void onComplete() {
        end.complete(End.WHOLE);
    }
}
