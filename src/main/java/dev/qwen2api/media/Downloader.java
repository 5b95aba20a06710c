package dev.qwen2api.media;

import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.media.Downloader.ByteSource.NotFetchedException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies byte sources into spooled files on background threads, while the calling thread watches its client and the
 * time limit. Thread-safe.
 */
final class Downloader {

    private static final Logger LOG = LoggerFactory.getLogger(Downloader.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 200;

    private final SpoolDirectory directory;
    private final Executor threads;
    private final LongSupplier nanoTime;

    Downloader(SpoolDirectory directory, Executor threads, LongSupplier nanoTime) {
        this.directory = directory;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    /**
     * Reads {@code source} to its end and closes it.
     *
     * @param gone whether the client has disconnected
     */
    SpooledFile download(ByteSource source, long maxBytes, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        var file = new SpooledFile(directory);
        var copy = new CompletableFuture<SpooledFile>();
        boolean done = false;
        try (source) {
            threads.execute(() -> copy(source, file, maxBytes, copy));
            SpooledFile whole = await(copy, gone);
            done = true;
            return whole;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    private static void copy(
            ByteSource source, SpooledFile file, long maxBytes, CompletableFuture<SpooledFile> result) {
        try (InputStream bytes = source.open(maxBytes)) {
            byte[] buffer = new byte[16 * 1024];
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                file.write(buffer, 0, count);
                if (file.size() > maxBytes) {
                    throw ByteSource.tooLarge(maxBytes);
                }
            }
            result.complete(file.finish());
        } catch (IOException | RuntimeException | Error failed) {
            result.completeExceptionally(failed);
        }
    }

    private SpooledFile await(CompletableFuture<SpooledFile> copy, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        long deadline = nanoTime.getAsLong() + TIMEOUT.toNanos();
        while (nanoTime.getAsLong() - deadline < 0) {
            if (gone.getAsBoolean()) {
                throw new ClientGoneException();
            }
            try {
                return copy.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException unfinished) {
                // look at the client and the clock again
            } catch (ExecutionException failed) {
                throw failure(Objects.requireNonNullElse(failed.getCause(), failed));
            }
        }
        throw new NotFetchedException("cannot be fetched within " + TIMEOUT.toSeconds() + " s");
    }

    private static NotFetchedException failure(Throwable cause) {
        if (cause instanceof ProblemException full) {
            throw full;
        }
        if (cause instanceof NotFetchedException known) {
            return known;
        }
        if (!(cause instanceof IOException)) {
            LOG.warn("[MEDIA] download failed: {}", cause.getClass().getName());
        }
        return new NotFetchedException("cannot be fetched: the connection failed");
    }

    /** Bytes that can be read once. One thread opens and reads; any thread may close, which interrupts the reader. */
    interface ByteSource extends AutoCloseable {

        /**
         * Opens the stream; blocks until its first byte is available.
         *
         * @param maxBytes a source that announces more fails at once
         */
        InputStream open(long maxBytes) throws IOException;

        @Override
        void close();

        static NotFetchedException tooLarge(long maxBytes) {
            return new NotFetchedException(AttachmentSelection.tooLarge(maxBytes));
        }

        /** Why a source cannot be fetched; the message continues a sentence that begins with the name of the part. */
        final class NotFetchedException extends IOException {

            private static final long serialVersionUID = 1L;

            NotFetchedException(String why) {
                super(why);
            }
        }
    }
}
