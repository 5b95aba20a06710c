package dev.qwen2api.upstream.qwen.upload;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Watches over one upload, and ends its waiting when it is given up.
 *
 * @param given whether it has been given up
 * @param alive run after each step that was made
 */
public record UploadWatch(BooleanSupplier given, Runnable alive) {

    private static final Duration LOOK = Duration.ofMillis(250);

    public void check() throws UpstreamException {
        if (given.getAsBoolean()) {
            throw new UpstreamException(Failure.of(FailureKind.BROKEN, "the upload was given up"));
        }
    }

    /** Waits for a reply, and cancels the call when the upload is given up. */
    HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> call)
            throws UpstreamException, InterruptedException {
        while (true) {
            try {
                return call.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException still) {
                if (given.getAsBoolean()) {
                    call.cancel(true);
                    check();
                }
            } catch (ExecutionException broken) {
                throw new UpstreamException(TransportErrors.of(broken), broken);
            }
        }
    }

    /** Waits for the upload of the same file by another request; one that failed is tried again by this request. */
    void awaitOther(CompletableFuture<Void> other) throws UpstreamException, InterruptedException {
        while (!other.isDone()) {
            check();
            alive.run();
            try {
                other.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException still) {
                // the state is read above
            }
        }
    }
}
