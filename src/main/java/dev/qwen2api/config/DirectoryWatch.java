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
 * Watches one folder without those below it. directory-watcher (0.19.1) by default hashes every file below the folder,
 * registers every folder below it, and uses the common pool. Every event of the folder counts, because a swap of a
 * linked {@code ..data} (a Kubernetes ConfigMap) never names the file itself.
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

    /** @throws IOException if there is no such folder, or the system's limit of watches is reached */
    static DirectoryWatch open(Path folder, Runnable onEvent) throws IOException {
        Object identity = identity(folder);
        DirectoryWatcher watcher = DirectoryWatcher.builder()
                .path(folder)
                .fileHashing(false)
                .fileTreeVisitor((start, onDirectory, onFile) -> onDirectory.call(start))
                // its debug lines would cause events if the log is in the folder
                .logger(NOPLogger.NOP_LOGGER)
                .listener(event -> onEvent.run())
                .build();
        CompletableFuture<Void> loop = watcher.watchAsync(
                work -> DaemonThreads.named("env-watch").newThread(work).start());
        if (loop.isCompletedExceptionally()) {
            watcher.close();
            throw new IOException("cannot watch the folder", cause(loop));
        }
        return new DirectoryWatch(folder, identity, watcher, loop);
    }

    /** Whether events arrive: not closed, and the folder was not replaced. */
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

    /** Returns the key of the folder on its file system; null where there are none. */
    private static @Nullable Object identity(Path folder) throws IOException {
        return Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    }

    private static @Nullable Throwable cause(CompletableFuture<Void> failed) {
        return failed.handle((nothing, failure) -> failure).join();
    }
}
