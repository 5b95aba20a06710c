package dev.qwen2api.media;

import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.ProblemException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what a source has into a spool. Somebody else's thread waits for the source, so that the caller's can look after its
 * client and the time. Thread-safe.
 */
final class Downloader {

    private static final Logger LOG = LoggerFactory.getLogger(Downloader.class);
    private static final Duration ALL = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 200;

    private final SpoolDirectory folder;
    private final Executor threads;

    Downloader(SpoolDirectory folder, Executor threads) {
        this.folder = folder;
        this.threads = threads;
    }

    /**
     * Takes in everything that {@code source} has, and closes it.
     *
     * @param most bytes, at most
     * @param gone whether nobody waits for it any more
     */
    SpooledFile take(ByteSource byteSource, long most, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        var spooledFile = new SpooledFile(folder);
        var work = new CompletableFuture<SpooledFile>();
        boolean done = false;
        try (byteSource) {
            threads.execute(() -> run(byteSource, spooledFile, most, work));
            SpooledFile whole = await(work, gone);
            done = true;
            return whole;
        } finally {
            if (!done) {
                spooledFile.close();
            }
        }
    }

    private static void run(
            ByteSource byteSource, SpooledFile spooledFile, long most, CompletableFuture<SpooledFile> work) {
        try (InputStream bytes = byteSource.open(most)) {
            work.complete(pump(bytes, spooledFile, most));
        } catch (NotFetchedException | IOException | RuntimeException | Error failed) {
            work.completeExceptionally(failed);
        }
    }

    private static SpooledFile pump(InputStream bytes, SpooledFile spooledFile, long most)
            throws IOException, NotFetchedException {
        byte[] piece = new byte[16 * 1024];
        for (int count = bytes.read(piece); count >= 0; count = bytes.read(piece)) {
            spooledFile.write(piece, 0, count);
            if (spooledFile.size() > most) {
                throw ByteSource.tooLarge(most);
            }
        }
        return spooledFile.finish();
    }

    private static SpooledFile await(CompletableFuture<SpooledFile> work, BooleanSupplier gone)
            throws NotFetchedException, InterruptedException {
        long deadline = System.nanoTime() + ALL.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (gone.getAsBoolean()) {
                throw new ClientGoneException();
            }
            try {
                return work.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException still) {
                // Nobody has given up yet.
            } catch (ExecutionException failed) {
                throw told(Objects.requireNonNullElse(failed.getCause(), failed));
            }
        }
        throw new NotFetchedException("cannot be fetched within " + ALL.toSeconds() + " s");
    }

    private static NotFetchedException told(Throwable cause) {
        if (cause instanceof ProblemException noRoom) {
            throw noRoom;
        }
        if (cause instanceof NotFetchedException why) {
            return why;
        }
        if (!(cause instanceof IOException)) {
            LOG.warn("[MEDIA] a download failed: {}", cause.getClass().getName());
        }
        return new NotFetchedException("cannot be fetched: the connection failed");
    }
}
