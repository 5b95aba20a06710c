package dev.qwen2api.media;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Takes nothing of a body, whose head said enough: a refusal need not have an end. */
final class UnreadBody implements BodySubscriber<SpoolBody.End> {

    private final CompletableFuture<SpoolBody.End> end = new CompletableFuture<>();

    @Override
    public CompletionStage<SpoolBody.End> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        given.cancel();
        end.complete(SpoolBody.End.WHOLE);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {}

    @Override
    public void onError(Throwable broken) {
        end.complete(SpoolBody.End.WHOLE);
    }

    @Override
    public void onComplete() {
        end.complete(SpoolBody.End.WHOLE);
    }
}
