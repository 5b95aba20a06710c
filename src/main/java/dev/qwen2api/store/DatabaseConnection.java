package dev.qwen2api.store;

import dev.qwen2api.store.Database.Query;
import dev.qwen2api.store.Database.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The one connection to the file: opened at the first use, dropped after a fault, and never opened again once it is closed.
 * Belongs to the writer's thread, except for {@link #problem()}.
 */
final class DatabaseConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseConnection.class);

    private final DatabaseFile file;
    private final String name;
    private @Nullable Connection connection;
    private boolean closed;
    private volatile Optional<String> problem = Optional.empty();

    /** The work cannot be done, however well the file is. */
    static final class SpoiltException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SpoiltException(SQLException cause) {
            super(cause);
        }
    }

    /** The file cannot be used at present. */
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

    /** Why the file cannot be used at present; empty while all is well. */
    Optional<String> problem() {
        return problem;
    }

    /** Runs the query, after opening the file where it is not open. */
    <T> T attempt(Query<T> query) {
        if (closed) {
            throw new UnusableException(new SQLException("the database is closed"));
        }
        try {
            T answer = query.ask(opened());
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

    /** Does the work in one transaction. */
    void transaction(Work work) {
        attempt(open -> {
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
            return true;
        });
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

    private void well() {
        if (problem.isPresent()) {
            problem = Optional.empty();
            LOG.info("[SQLITE] {} can be used again", name);
        }
    }

    /** Notes the problem, once in the log, and drops the connection so that the next try opens the file afresh. */
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

    /** Closes the file for good. */
    @Override
    public void close() {
        closed = true;
        drop();
    }
}
