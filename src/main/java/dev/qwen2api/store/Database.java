package dev.qwen2api.store;

import dev.qwen2api.config.DaemonThreads;
import dev.qwen2api.store.DatabaseConnection.Query;
import dev.qwen2api.store.DatabaseConnection.RejectedWorkException;
import dev.qwen2api.store.DatabaseConnection.UnusableException;
import dev.qwen2api.store.DatabaseConnection.Work;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SQLite database behind one writer thread. Reads and writes that callers wait for fail while the file is unusable;
 * deferred writes are kept, the newest of each key, and retried. A deferred write that the database rejects is dropped
 * alone. Thread-safe.
 */
public final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** From the start, for creating or migrating the file and loading SQLite, which a busy machine is slow at. */
    private static final Duration FIRST_TIMEOUT = Duration.ofMinutes(1);

    private static final Duration WRITE_DELAY = Duration.ofMillis(200);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(5);

    private final String name;
    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final long started;
    private final DatabaseConnection connection;
    private final ScheduledExecutorService writer;
    private final DeferredWrites pending;
    private @Nullable Future<?> planned;
    private boolean closing;

    public Database(Path path, Clock clock, LongSupplier nanoTime) {
        this(path, clock, nanoTime, TIMEOUT);
    }

    Database(Path path, Clock clock, LongSupplier nanoTime, Duration timeout) {
        this.name = path.toString();
        this.pending = new DeferredWrites(name);
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.connection = new DatabaseConnection(path, clock);
        this.writer = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("sqlite-writer"));
    }

    /** Returns why the file is unusable at present; empty while it is usable. */
    public Optional<String> problem() {
        return connection.problem();
    }

    /**
     * Runs a query and waits for its result.
     *
     * @throws SQLException when the file is unusable, or closed
     */
    <T> T read(Query<T> query) throws SQLException {
        return await(submit(() -> connection.read(query)), new AtomicBoolean());
    }

    /** The same, but returns {@code fallback} while the file is unusable, and logs {@code warning}. */
    <T> T readOr(T fallback, String warning, Query<T> query) {
        try {
            return read(query);
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] {}", warning);
            return fallback;
        }
    }

    /**
     * Writes in one transaction and waits until it is on disk.
     *
     * @throws SQLException when nothing was written, nor will be
     */
    void write(Work work) throws SQLException {
        write(work, key -> false);
    }

    /**
     * The same, and drops deferred writes that it replaces, so that none of them is carried out after it. They stay if
     * nothing is written.
     *
     * @param replaced whether the write with that key is older
     */
    void write(Work work, Predicate<Object> replaced) throws SQLException {
        var decided = new AtomicBoolean();
        await(
                submit(() -> {
                    if (!decided.get()) {
                        commit(work, replaced, decided);
                    }
                    return true;
                }),
                decided);
    }

    private void commit(Work work, Predicate<Object> replaced, AtomicBoolean decided) {
        Map<Object, Work> older = pending.claim(replaced);
        boolean written = false;
        try {
            written = connection.transaction(work, () -> decided.compareAndSet(false, true));
        } finally {
            if (!written && !older.isEmpty()) {
                putBack(older);
            }
        }
    }

    private <T> CompletableFuture<T> submit(Supplier<T> task) throws SQLException {
        try {
            return CompletableFuture.supplyAsync(task, writer);
        } catch (RejectedExecutionException late) {
            throw new SQLException("the database is closed", late);
        }
    }

    /**
     * Waits for a task of the writer thread.
     *
     * @param decided set by the first of both: the task before it commits, or the caller who gives up, after which it
     *     does not
     */
    private <T> T await(CompletableFuture<T> result, AtomicBoolean decided) throws SQLException {
        boolean interrupted = false;
        try {
            return get(result);
        } catch (InterruptedException | TimeoutException late) {
            interrupted = late instanceof InterruptedException;
            if (decided.compareAndSet(false, true)) {
                throw new SQLException(interrupted ? "interrupted" : "no answer in time", late);
            }
            return confirmed(result);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for a commit that has begun. */
    private <T> T confirmed(CompletableFuture<T> result) throws SQLException {
        try {
            return get(result);
        } catch (InterruptedException | TimeoutException late) {
            if (late instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new SQLException("the disk does not confirm the write", late);
        }
    }

    private <T> T get(CompletableFuture<T> result) throws SQLException, TimeoutException, InterruptedException {
        long first = connection.wasOpened() ? 0 : FIRST_TIMEOUT.toNanos() - (nanoTime.getAsLong() - started);
        try {
            return result.get(Math.max(timeout.toNanos(), first), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            throw new SQLException(String.valueOf(failed.getCause()), failed.getCause());
        }
    }

    /** Writes soon; a newer write with the same key replaces it until then. Never blocks. */
    void writeLater(Object key, Work work) {
        synchronized (pending) {
            pending.add(key, work);
            plan(WRITE_DELAY);
        }
    }

    /** Called with the lock on {@code pending}. */
    private void plan(Duration delay) {
        if (planned == null && !closing) {
            planned = writer.schedule(this::drain, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    int pendingWrites() {
        return pending.size();
    }

    private void drain() {
        Map<Object, Work> batch = claimAll();
        if (batch.isEmpty()) {
            return;
        }
        try {
            connection.transaction(
                    all -> {
                        for (Work work : batch.values()) {
                            work.run(all);
                        }
                    },
                    () -> true);
            batch.clear();
        } catch (UnusableException notNow) {
            LOG.debug("[SQLITE] {} writes wait for the file", batch.size());
        } catch (RuntimeException rejected) {
            writeOneByOne(batch);
        } finally {
            putBack(batch);
        }
    }

    private Map<Object, Work> claimAll() {
        synchronized (pending) {
            planned = null;
            return pending.claim(key -> true);
        }
    }

    /** Drops the writes that can never succeed, so that they do not hold up the others. */
    private void writeOneByOne(Map<Object, Work> batch) {
        for (Map.Entry<Object, Work> each : List.copyOf(batch.entrySet())) {
            try {
                connection.transaction(each.getValue(), () -> true);
            } catch (UnusableException notNow) {
                return;
            } catch (RuntimeException rejected) {
                LOG.error("[SQLITE] {} cannot be written and is dropped: {}", kind(each.getKey()), reason(rejected));
            }
            batch.remove(each.getKey());
        }
    }

    /** Returns the first word; the rest may be a client's, such as a file name. */
    private static String kind(Object key) {
        return String.valueOf(key).split(" ", 2)[0];
    }

    /** SQLite's messages name columns, never values; those of other exceptions may. */
    private static String reason(RuntimeException rejected) {
        return rejected instanceof RejectedWorkException
                ? String.valueOf(rejected.getMessage())
                : rejected.getClass().getName();
    }

    private void putBack(Map<Object, Work> unwritten) {
        synchronized (pending) {
            pending.putBack(unwritten);
            if (!unwritten.isEmpty()) {
                plan(RETRY_DELAY);
            }
        }
    }

    /** Writes what is pending and closes the file for good; waits for the writer thread, at most the time limit. */
    @Override
    public void close() {
        synchronized (pending) {
            if (!closing) {
                closing = true;
                if (planned != null) {
                    planned.cancel(false);
                }
                writer.execute(this::finish);
                writer.shutdown();
            }
        }
        try {
            if (!writer.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("[SQLITE] {} was not closed within {} s", name, timeout.toSeconds());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The last task of the writer thread; later ones find the connection closed. */
    private void finish() {
        try (connection) {
            drain();
            if (pendingWrites() > 0) {
                LOG.warn("[SQLITE] {} could not be written; {} changes are lost", name, pendingWrites());
            }
        }
    }
}
