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
 * Reads a file again at any event in its folder and at a slow poll, and hands over what it read once that has stayed the
 * same for the debounce time. It does not remember: who gets a reading decides whether it is news.
 *
 * <p>Events are only a hint. A busy folder leads to one look per debounce time, however many events there are.
 */
final class EnvFileWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EnvFileWatcher.class);
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(5);

    private final Path file;
    private final Path folder;
    private final Duration debounce;
    private final Duration poll;
    private final Consumer<Reading> onReading;

    private final Semaphore signals = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread worker = new Thread(this::run, "env-reload");
    private volatile @Nullable DirectoryWatch watch;
    private volatile boolean started;
    private boolean refusalTold;

    /**
     * Does nothing before {@link #start()}.
     *
     * @param plan names the file by an absolute path
     * @param onReading called on the patrol's own thread
     */
    EnvFileWatcher(EnvReloader.Plan plan, Consumer<Reading> onReading) {
        this.file = plan.file();
        this.folder = Optional.ofNullable(file.getParent()).orElse(file);
        this.debounce = plan.debounce();
        this.poll = plan.poll();
        this.onReading = onReading;
        worker.setDaemon(true);
    }

    /** Begins. What happens in the folder after this returns is noticed. */
    void start() {
        keepWatching();
        started = true;
        worker.start();
    }

    /** Whether it goes on looking, be it by poll alone. */
    boolean isRunning() {
        return started && closing.getCount() > 0;
    }

    /** Whether events come. */
    boolean isWatching() {
        DirectoryWatch current = watch;
        return isRunning() && current != null && current.isActive();
    }

    /** Ends, and waits for a reading that is being dealt with. Further calls do nothing. */
    @Override
    public void close() {
        closing.countDown();
        signals.release();
        if (Thread.currentThread() != worker) {
            try {
                worker.join(PATIENCE_AT_CLOSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        try {
            while (!awaitEvent()) {
                round();
            }
        } catch (InterruptedException e) {
            LOG.warn("[CONFIG] {} is no longer watched: interrupted", file);
        } finally {
            endWatch();
        }
    }

    private void round() throws InterruptedException {
        try {
            look();
            keepWatching();
        } catch (RuntimeException e) {
            LOG.error("[CONFIG] looking at {} failed; the next look may not", file, e);
        }
    }

    /** Waits for an event or the poll; true when it is time to end. */
    private boolean awaitEvent() throws InterruptedException {
        if (signals.tryAcquire(poll.toMillis(), TimeUnit.MILLISECONDS)) {
            signals.drainPermits();
        }
        return closing.getCount() == 0;
    }

    private void look() throws InterruptedException {
        Reading first = EnvFile.read(file);
        if (closing.await(debounce.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        Reading second = EnvFile.read(file);
        if (EnvFileState.mark(first).equals(EnvFileState.mark(second))) {
            onReading.accept(second);
        } else {
            signals.release();
        }
    }

    /** Watches the folder, again if need be: it may have been replaced, or have been missing so far. */
    private void keepWatching() {
        DirectoryWatch current = watch;
        if (current != null && current.isActive()) {
            return;
        }
        endWatch();
        try {
            watch = DirectoryWatch.open(folder, signals::release);
            refusalTold = false;
            LOG.info("[CONFIG] ✅ 文件实时监听已启动: {}", file);
            // What happened while nobody watched has sent no event.
            signals.release();
        } catch (IOException e) {
            if (!refusalTold) {
                LOG.warn(
                        "[CONFIG] 文件实时监听不可用: {} cannot be watched ({}); {} is read every {} s instead",
                        folder,
                        e.getClass().getSimpleName(),
                        file.getFileName(),
                        poll.toSeconds());
            }
            refusalTold = true;
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
