package dev.qwen2api.store;

import dev.qwen2api.store.Migrations.ForeignDatabaseException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * The single connection to the file: opened at first use, reopened after a fault or when the file was deleted or
 * replaced, and never opened again once closed. Confined to the writer thread, except for {@link #problem()}
 * and {@link #wasOpened()}.
 */
final class DatabaseConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseConnection.class);

    private final DatabaseFile file;
    private final String name;
    private @Nullable Connection connection;
    private boolean closed;
    private volatile boolean wasOpened;
    private volatile Optional<String> problem = Optional.empty();

    /** Work in a transaction of its own. */
    @FunctionalInterface
    interface Work {
        void run(Connection connection) throws SQLException;
    }

    @FunctionalInterface
    interface Query<T> {
        T run(Connection connection) throws SQLException;
    }

    /** The database rejects this work, although the file is usable. */
    static final class RejectedWorkException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RejectedWorkException(Exception cause) {
            super(cause);
        }
    }

    /** The file is unusable at present. */
    static final class UnusableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnusableException(Throwable cause) {
            super(cause);
        }
    }

    DatabaseConnection(Path path, Clock clock) {
        this.file = new DatabaseFile(path, clock);
        this.name = path.toString();
    }

    /** Returns why the file is unusable at present; empty while it is usable. */
    Optional<String> problem() {
        return problem;
    }

    /** Returns whether the file was usable before. */
    boolean wasOpened() {
        return wasOpened;
    }

    /** Runs the query, opening the file first where necessary. */
    <T> T read(Query<T> query) {
        if (closed) {
            throw new UnusableException(new SQLException("the database is closed"));
        }
        try {
            T answer = query.run(opened());
            recovered();
            return answer;
        } catch (SQLException | IOException | ForeignDatabaseException broken) {
            if (Sql.failedWith(
                    broken,
                    SQLiteErrorCode.SQLITE_CONSTRAINT,
                    SQLiteErrorCode.SQLITE_MISMATCH,
                    SQLiteErrorCode.SQLITE_TOOBIG)) {
                throw new RejectedWorkException(broken);
            }
            failed(reason(broken));
            throw new UnusableException(broken);
        }
    }

    /**
     * Runs the work in one transaction, which is rolled back if {@code mayCommit} says no after the work.
     *
     * @return whether it was committed
     */
    boolean transaction(Work work, BooleanSupplier mayCommit) {
        return read(open -> {
            open.setAutoCommit(false);
            boolean commits;
            try {
                work.run(open);
                commits = mayCommit.getAsBoolean();
                if (commits) {
                    open.commit();
                } else {
                    open.rollback();
                }
            } catch (SQLException | RuntimeException broken) {
                rollback(open, broken);
                throw broken;
            }
            open.setAutoCommit(true);
            return commits;
        });
    }

    /**
     * After some faults, such as a full disk, SQLite has rolled back already; its complaint must not hide the fault.
     */
    private void rollback(Connection open, Exception fault) {
        try {
            open.rollback();
            open.setAutoCommit(true);
        } catch (SQLException rolledBack) {
            fault.addSuppressed(rolledBack);
            drop();
        }
    }

    private static String reason(Exception broken) {
        return Sql.failedWith(broken, SQLiteErrorCode.SQLITE_FULL)
                ? "the disk is full"
                : String.valueOf(broken.getMessage());
    }

    private Connection opened() throws SQLException, IOException, ForeignDatabaseException {
        if (connection != null && !file.isStillInPlace()) {
            LOG.warn("[SQLITE] {} was deleted or replaced while in use; it is opened again", name);
            drop();
        }
        if (connection == null) {
            connection = file.open();
            wasOpened = true;
        }
        return connection;
    }

    private void recovered() {
        if (problem.isPresent()) {
            problem = Optional.empty();
            LOG.info("[SQLITE] {} can be used again", name);
        }
    }

    /** Records the problem, logs it once, and drops the connection so that the next use reopens the file. */
    private void failed(String reason) {
        if (problem.filter(reason::equals).isEmpty()) {
            problem = Optional.of(reason);
            LOG.error(
                    "[SQLITE] {} cannot be used: {}. Chats go on; changes of accounts are refused until it can. Check the"
                            + " folder's rights, its free space, and DATABASE_PATH",
                    name,
                    reason);
        }
        drop();
    }

    private void drop() {
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

    @Override
    public void close() {
        closed = true;
        drop();
    }
}
