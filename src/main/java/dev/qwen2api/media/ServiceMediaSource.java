package dev.qwen2api.media;

import dev.qwen2api.chat.ServiceMedia.Original;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A picture or video that the service generated. */
final class ServiceMediaSource implements ByteSource {

    private final CompletableFuture<Original> reply;

    ServiceMediaSource(CompletableFuture<Original> reply) {
        this.reply = reply;
    }

    @Override
    public InputStream open(long maxBytes) throws IOException {
        Original original = await();
        if (original.status() != 200) {
            throw new NotFetchedException("cannot be fetched: its server says " + original.status());
        }
        return original.bytes();
    }

    private Original await() throws IOException {
        try {
            return reply.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IllegalArgumentException) {
                throw new NotFetchedException("cannot be fetched: it is on no host that is known as the service's");
            }
            throw new IOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }

    @Override
    public void close() {
        if (!reply.cancel(true) && !reply.isCompletedExceptionally()) {
            try {
                reply.join().bytes().close();
            } catch (IOException ignored) {
                // the stream is closed either way
            }
        }
    }
}
