package dev.qwen2api.upstream.qwen;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gathers a body that ought to be small, and stops reading where it is not. */
public final class BoundedBodySubscriber implements BodySubscriber<byte[]> {

    /** Enough for every refusal that the service sends; its firewall page has about 16 KiB. */
    public static final int REFUSAL = 64 * 1024;

    private final int most;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    public BoundedBodySubscriber(int most) {
        this.most = most;
    }

    /** Shows the headers of a reply to the listener, and gathers its body. */
    static BodyHandler<byte[]> handler(int most, Consumer<HttpHeaders> listener) {
        return info -> {
            listener.accept(info.headers());
            return new BoundedBodySubscriber(most);
        };
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            int room = Math.min(piece.remaining(), most - gathered.size());
            byte[] bytes = new byte[room];
            piece.get(bytes);
            gathered.writeBytes(bytes);
        }
        if (gathered.size() >= most && subscription != null) {
            subscription.cancel();
            onComplete();
        }
    }

    @Override
    public void onError(Throwable broken) {
        body.completeExceptionally(broken);
    }

    @Override
    public void onComplete() {
        body.complete(gathered.toByteArray());
    }
}
