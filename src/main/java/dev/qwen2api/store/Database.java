package dev.qwen2api.store;

import java.io.IOException;
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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

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

    private final DatabaseFile file;
    private final String name;
    private final ScheduledExecutorService writer;
    private final Map<Object, Work> pending = new LinkedHashMap<>();
    private @Nullable Connection connection;
    private @Nullable Future<?> planned;
    private volatile Optional<String> problem = Optional.empty();

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
        this.file = new DatabaseFile(path, clock);
        this.name = path.toString();
        this.writer = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "sqlite-writer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Why the file cannot be used at present; empty while all is well. */
    public Optional<String> problem() {
        return problem;
    }

    /**
     * Asks now and waits for the answer.
     *
     * @throws SQLException when the file cannot be used
     */
    <T> T ask(Query<T> query) throws SQLException {
        return await(CompletableFuture.supplyAsync(() -> attempt(query), writer));
    }

    /**
     * Does the work now, in one transaction, and waits until it is safe on disk.
     *
     * @throws SQLException when it was not done
     */
    void write(Work work) throws SQLException {
        ask(open -> {
            transact(open, work);
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
        if (planned == null && !writer.isShutdown()) {
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
        try {
            transaction(all -> {
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
                transaction(each.getValue());
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

    private void transaction(Work work) {
        attempt(open -> {
            transact(open, work);
            return true;
        });
    }

    /** The work cannot be done, however well the file is. */
    private static final class SpoiltException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SpoiltException(SQLException cause) {
            super(cause);
        }
    }

    private static final class UnusableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnusableException(Throwable cause) {
            super(cause);
        }
    }

    /** Runs in the writer's thread. */
    private <T> T attempt(Query<T> query) {
        try {
            Connection open = opened();
            T answer = query.ask(open);
            well();
            return answer;
        } catch (SQLException | IOException | ForeignDatabaseException broken) {
            if (broken instanceof SQLiteException refused && refusesTheWork(refused)) {
                throw new SpoiltException(refused);
            }
            unwell(broken);
            throw new UnusableException(broken);
        }
    }

    private static boolean refusesTheWork(SQLiteException refused) {
        int primary = refused.getResultCode().code & 0xff;
        return primary == SQLiteErrorCode.SQLITE_CONSTRAINT.code
                || primary == SQLiteErrorCode.SQLITE_MISMATCH.code
                || primary == SQLiteErrorCode.SQLITE_TOOBIG.code;
    }

    private Connection opened() throws SQLException, IOException, ForeignDatabaseException {
        if (connection == null) {
            connection = file.open();
        }
        return connection;
    }

    private static void transact(Connection open, Work work) throws SQLException {
        open.setAutoCommit(false);
        try {
            work.run(open);
            open.commit();
        } catch (SQLException | RuntimeException broken) {
            open.rollback();
            throw broken;
        } finally {
            open.setAutoCommit(true);
        }
    }

    private void well() {
        if (problem.isPresent()) {
            problem = Optional.empty();
            LOG.info("[SQLITE] {} can be used again", name);
        }
    }

    /** Notes the problem, once in the log, and lets go of the connection so that the next try opens the file afresh. */
    private void unwell(Exception broken) {
        String why = String.valueOf(broken.getMessage());
        if (problem.filter(why::equals).isEmpty()) {
            problem = Optional.of(why);
            LOG.error(
                    "[SQLITE] {} cannot be used: {}. Chats go on; changes of accounts are refused until it can. Check the"
                            + " folder's rights, its free space, and DATABASE_PATH",
                    name,
                    why);
        }
        closeConnection();
    }

    private void closeConnection() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException broken) {
                LOG.debug("[SQLITE] closing failed: {}", broken.getMessage());
            }
        }
    }

    private static <T> T await(CompletableFuture<T> answer) throws SQLException {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw new SQLException(String.valueOf(failed.getCause()), failed.getCause());
        } catch (TimeoutException late) {
            throw new SQLException("no answer within " + PATIENCE.toSeconds() + " s", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", stopped);
        }
    }

    /** Does what is still to be done, then closes the file. */
    @Override
    public void close() {
        if (writer.isShutdown()) {
            return;
        }
        try {
            writer.submit(this::drain).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            writer.submit(this::closeConnection).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            LOG.warn("[SQLITE] {} was not closed cleanly: {}", name, failed.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            writer.shutdownNow();
        }
    }
}
