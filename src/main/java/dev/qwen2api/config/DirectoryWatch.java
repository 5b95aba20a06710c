package dev.qwen2api.config;

import io.methvin.watcher.DirectoryWatcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/**
 * Tells that something happened in a folder, not in those below it. The only class that knows directory-watcher
 * (0.19.1), which left alone hashes every file below the folder, registers every folder below it, and works on the
 * common pool. It tells of any entry of the folder, because a swap of a linked {@code ..data}, as Kubernetes does it,
 * never names the file one waits for.
 *
 * <p>Thread-safe. The callback comes on a daemon thread of its own and must return quickly.
 */
final class DirectoryWatch implements AutoCloseable {

    private final Path folder;
    private final @Nullable Object identity;
    private final DirectoryWatcher watcher;
    private final CompletableFuture<Void> loop;

    private DirectoryWatch(
            Path folder, @Nullable Object identity, DirectoryWatcher watcher, CompletableFuture<Void> loop) {
        this.folder = folder;
        this.identity = identity;
        this.watcher = watcher;
        this.loop = loop;
    }

    /**
     * Begins to watch.
     *
     * @throws IOException where there is no such folder, or the system watches no further one
     */
    static DirectoryWatch open(Path folder, Runnable onEvent) throws IOException {
        Object identity = identity(folder);
        DirectoryWatcher watcher = DirectoryWatcher.builder()
                .path(folder)
                .fileHashing(false)
                .fileTreeVisitor((start, onDirectory, onFile) -> onDirectory.call(start))
                // Its debug lines would be events of their own where the log is kept in the folder.
                .logger(NOPLogger.NOP_LOGGER)
                .listener(event -> onEvent.run())
                .build();
        CompletableFuture<Void> loop = watcher.watchAsync(DirectoryWatch::start);
        if (loop.isCompletedExceptionally()) {
            watcher.close();
            throw new IOException("cannot watch the folder", cause(loop));
        }
        return new DirectoryWatch(folder, identity, watcher, loop);
    }

    /** Whether events still come: the folder is the one that was registered, and nobody ended the watch. */
    boolean isActive() {
        try {
            return !loop.isDone() && Objects.equals(identity, identity(folder));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            watcher.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void start(Runnable work) {
        var thread = new Thread(work, "env-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** Tells one folder from another that took its name; null on file systems that cannot tell. */
    private static @Nullable Object identity(Path folder) throws IOException {
        return Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    }

    private static @Nullable Throwable cause(CompletableFuture<Void> failed) {
        return failed.handle((nothing, failure) -> failure).join();
    }
}
