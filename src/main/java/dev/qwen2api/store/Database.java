package dev.qwen2api.store;

import dev.qwen2api.store.DatabaseConnection.SpoiltException;
import dev.qwen2api.store.DatabaseConnection.UnusableException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
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
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection and the one thread that uses it. Work that somebody waits for fails when the file cannot be used; work
 * that nobody waits for is kept, only the newest of each kind, and done as soon as the file can be used again. Work of that
 * sort which the database refuses for what it is, is given up alone. Thread-safe.
 */
public final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LATER = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final String name;
    private final DatabaseConnection connection;
    private final ScheduledExecutorService writer;
    private final Map<Object, Work> pending = new LinkedHashMap<>();
    private @Nullable Future<?> planned;
    private boolean closing;

    /** A piece of work in a transaction of its own. */
    @FunctionalInterface
    interface Work {
        void run(Connection connection) throws SQLException;
    }

    /** A question. */
    @FunctionalInterface
    interface Query<T> {
        T ask(Connection connection) throws SQLException;
    }

    public Database(Path path, Clock clock) {
        this.name = path.toString();
        this.connection = new DatabaseConnection(path, clock);
        this.writer = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "sqlite-writer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Why the file cannot be used at present; empty while all is well. */
    public Optional<String> problem() {
        return connection.problem();
    }

    /**
     * Asks now and waits for the answer.
     *
     * @throws SQLException when the file cannot be used, or is closed
     */
    <T> T ask(Query<T> query) throws SQLException {
        return await(() -> connection.attempt(query));
    }

    /**
     * Does the work now, in one transaction, and waits until it is safe on disk.
     *
     * @throws SQLException when it was not done
     */
    void write(Work work) throws SQLException {
        await(() -> {
            connection.transaction(work);
            return true;
        });
    }

    /** Does the work soon; a newer one with the same key takes its place until then. Never blocks. */
    void later(Object key, Work work) {
        synchronized (pending) {
            pending.remove(key);
            pending.put(key, work);
            plan(LATER);
        }
    }

    /** Called with the lock on {@code pending}. */
    private void plan(Duration delay) {
        if (planned == null && !closing) {
            planned = writer.schedule(this::drain, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** What waits to be done under such keys is not done any more. */
    void forget(Predicate<Object> keys) {
        synchronized (pending) {
            pending.keySet().removeIf(keys);
        }
    }

    private void drain() {
        Map<Object, Work> left = claim();
        if (left.isEmpty()) {
            return;
        }
        try {
            connection.transaction(all -> {
                for (Work work : left.values()) {
                    work.run(all);
                }
            });
            left.clear();
        } catch (UnusableException notNow) {
            LOG.debug("[SQLITE] {} pieces of work wait for the file", left.size());
        } catch (RuntimeException spoilt) {
            oneByOne(left);
        } finally {
            putBack(left);
        }
    }

    private Map<Object, Work> claim() {
        synchronized (pending) {
            planned = null;
            Map<Object, Work> batch = new LinkedHashMap<>(pending);
            pending.clear();
            return batch;
        }
    }

    /** What can never be done is given up, since it would keep everything else from the disk. */
    private void oneByOne(Map<Object, Work> left) {
        for (Map.Entry<Object, Work> each : List.copyOf(left.entrySet())) {
            try {
                connection.transaction(each.getValue());
            } catch (UnusableException notNow) {
                return;
            } catch (RuntimeException spoilt) {
                LOG.error("[SQLITE] {} cannot be written and is given up: {}", kind(each.getKey()), name(spoilt));
            }
            left.remove(each.getKey());
        }
    }

    /** The first word: what follows may be a client's, such as the name of a file. */
    private static String kind(Object key) {
        return String.valueOf(key).split(" ", 2)[0];
    }

    /** SQLite's words name columns, never values; those of other exceptions may. */
    private static String name(RuntimeException spoilt) {
        return spoilt instanceof SpoiltException
                ? String.valueOf(spoilt.getMessage())
                : spoilt.getClass().getName();
    }

    private void putBack(Map<Object, Work> left) {
        if (!left.isEmpty()) {
            synchronized (pending) {
                left.putAll(pending);
                pending.clear();
                pending.putAll(left);
                plan(RETRY);
            }
        }
    }

    private <T> T await(Supplier<T> task) throws SQLException {
        try {
            return CompletableFuture.supplyAsync(task, writer).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException late) {
            throw new SQLException("the database is closed", late);
        } catch (ExecutionException failed) {
            throw new SQLException(String.valueOf(failed.getCause()), failed.getCause());
        } catch (TimeoutException late) {
            throw new SQLException("no answer within " + PATIENCE.toSeconds() + " s", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", stopped);
        }
    }

    /**
     * Does what is still to be done and closes the file, which is not opened again. Returns when the writer's thread has
     * ended, or after ten seconds on a disk that is too slow.
     */
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
            if (!writer.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("[SQLITE] {} was not closed within {} s", name, PATIENCE.toSeconds());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** The last task of the writer's thread: one that came too late finds the connection closed. */
    private void finish() {
        try {
            drain();
        } finally {
            connection.close();
        }
    }
}
