package dev.qwen2api.media;

import dev.qwen2api.chat.ServiceMedia.Original;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Something that the service made. */
final class ServiceMediaSource implements ByteSource {

    private final CompletableFuture<Original> reply;

    /**
     * @param reply what came of asking for it
     */
    ServiceMediaSource(CompletableFuture<Original> reply) {
        this.reply = reply;
    }

    @Override
    public InputStream open(long most) throws NotFetchedException, IOException {
        Original original = awaited();
        if (original.status() != 200) {
            throw new NotFetchedException("cannot be fetched: its server says " + original.status());
        }
        return original.bytes();
    }

    private Original awaited() throws NotFetchedException, IOException {
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
            release(reply.join());
        }
    }

    private static void release(Original original) {
        try {
            original.bytes().close();
        } catch (IOException closedAnyway) {
            // Nobody reads it.
        }
    }
}
