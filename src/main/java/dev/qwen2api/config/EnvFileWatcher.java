package dev.qwen2api.config;

import dev.qwen2api.config.EnvFile.Reading;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a file again at any event in its folder and at a slow poll, and passes on content that was stable for the
 * debounce time. Events are only hints: a busy folder leads to one reading per debounce time.
 */
final class EnvFileWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EnvFileWatcher.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Path file;
    private final Path folder;
    private final Duration debounce;
    private final Duration poll;
    private final Consumer<Reading> onReading;

    private final Semaphore signals = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread worker = DaemonThreads.named("env-reload").newThread(this::run);
    private volatile @Nullable DirectoryWatch watch;
    private volatile boolean started;
    private boolean failureLogged;

    /**
     * @param file an absolute path
     * @param onReading called on the watcher's own thread
     */
    EnvFileWatcher(Path file, Duration debounce, Duration poll, Consumer<Reading> onReading) {
        this.file = file;
        this.folder = Optional.ofNullable(file.getParent()).orElse(file);
        this.debounce = debounce;
        this.poll = poll;
        this.onReading = onReading;
    }

    /** Starts; changes after this returns are noticed. */
    void start() {
        keepWatching();
        started = true;
        worker.start();
    }

    /** Whether changes are noticed, even if by polling only. */
    boolean isRunning() {
        return started && closing.getCount() > 0;
    }

    /** Whether events arrive. */
    boolean isWatching() {
        DirectoryWatch current = watch;
        return isRunning() && current != null && current.isActive();
    }

    /** Stops and waits for a reading in progress. Idempotent. */
    @Override
    public void close() {
        closing.countDown();
        signals.release();
        if (Thread.currentThread() != worker) {
            try {
                worker.join(CLOSE_TIMEOUT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        try {
            while (!awaitEvent()) {
                readSafely();
            }
        } catch (InterruptedException e) {
            LOG.warn("[CONFIG] {} is no longer watched: interrupted", file);
        } finally {
            endWatch();
        }
    }

    private void readSafely() throws InterruptedException {
        try {
            readStable();
            keepWatching();
        } catch (RuntimeException e) {
            LOG.error("[CONFIG] reading {} failed; it is tried again", file, e);
        }
    }

    /** Waits for an event or the poll; true once closed. */
    private boolean awaitEvent() throws InterruptedException {
        if (signals.tryAcquire(poll.toMillis(), TimeUnit.MILLISECONDS)) {
            signals.drainPermits();
        }
        return closing.getCount() == 0;
    }

    private void readStable() throws InterruptedException {
        Reading first = EnvFile.read(file);
        if (closing.await(debounce.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        Reading second = EnvFile.read(file);
        if (first.equals(second)) {
            onReading.accept(second);
        } else {
            signals.release();
        }
    }

    /** Watches the folder, again if it was replaced or missing. */
    private void keepWatching() {
        DirectoryWatch current = watch;
        if (current != null && current.isActive()) {
            return;
        }
        endWatch();
        try {
            watch = DirectoryWatch.open(folder, signals::release);
            failureLogged = false;
            LOG.info("[CONFIG] ✅ 文件实时监听已启动: {}", file);
            // changes before the watch began have sent no event
            signals.release();
        } catch (IOException e) {
            if (!failureLogged) {
                LOG.warn(
                        "[CONFIG] 文件实时监听不可用: {} cannot be watched ({}); {} is read every {} s instead",
                        folder,
                        e.getClass().getSimpleName(),
                        file.getFileName(),
                        poll.toSeconds());
            }
            failureLogged = true;
        }
    }

    private void endWatch() {
        DirectoryWatch current = watch;
        watch = null;
        if (current != null) {
            current.close();
        }
    }
}
