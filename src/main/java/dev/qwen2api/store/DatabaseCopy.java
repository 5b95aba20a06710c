package dev.qwen2api.store;

import dev.qwen2api.config.PrivateFile;
import dev.qwen2api.store.Migrations.ForeignDatabaseException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Copies the database to a backup while a gateway uses it, and puts a backup in its place while none does. A copy is
 * one file without a write-ahead log, readable by its owner alone, and complete or not there at all.
 */
public final class DatabaseCopy {

    private final Path database;
    private final Clock clock;

    /** Why nothing was copied, as one sentence; every file is as it was. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** @param database the gateway's own file */
    public DatabaseCopy(Path database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Writes a copy of the database as it is at this moment.
     *
     * @param backup a file that does not exist yet
     */
    public void backUp(Path backup) throws RefusedException {
        for (String companion : DatabaseFile.COMPANIONS) {
            Path file = DatabaseFile.companion(backup, companion);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new RefusedException(file + " exists and is not overwritten");
            }
        }
        Path fresh = copy(database, backup);
        try {
            Files.createLink(backup, fresh);
            Files.delete(fresh);
        } catch (FileAlreadyExistsException meanwhile) {
            discard(fresh);
            throw new RefusedException(backup + " exists and is not overwritten");
        } catch (IOException | UnsupportedOperationException noLinks) {
            rename(fresh, backup);
        }
    }

    /**
     * Puts a backup in the place of the database. The present file stays beside it.
     *
     * @return where the present file is kept; empty where there was none
     */
    public Optional<Path> restore(Path backup) throws RefusedException {
        settle();
        Path fresh = copy(backup, database);
        Path aside = DatabaseFile.free(database + ".before-restore-" + DatabaseFile.stamp(clock));
        try {
            owner().ifPresent(owner -> own(fresh, owner));
            boolean existed = Files.exists(database);
            move(database, aside);
            Files.move(fresh, database, StandardCopyOption.ATOMIC_MOVE);
            return existed ? Optional.of(aside) : Optional.empty();
        } catch (IOException broken) {
            discard(fresh);
            putBack(aside);
            throw refused(database, "written", broken);
        }
    }

    /** Acquires the exclusive lock, which any other connection prevents, and merges the write-ahead log. */
    private void settle() throws RefusedException {
        if (Files.notExists(database)) {
            return;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            Migrations.refuseForeign(connection);
            statement.execute("PRAGMA busy_timeout = 0");
            try (ResultSet row = statement.executeQuery("PRAGMA journal_mode = DELETE")) {
                if (!row.next() || !"delete".equals(row.getString(1))) {
                    throw new RefusedException("a gateway uses " + database + "; stop it first");
                }
            }
        } catch (ForeignDatabaseException foreign) {
            throw new RefusedException(database + ": " + foreign.getMessage());
        } catch (SQLException broken) {
            if (Sql.failedWith(broken, SQLiteErrorCode.SQLITE_BUSY)) {
                throw new RefusedException("a gateway uses " + database + "; stop it first");
            }
            if (!DatabaseFile.corrupt(broken)) {
                throw new RefusedException(database + " cannot be opened: " + code(broken));
            }
        }
    }

    /** Writes a complete copy of a database under a fresh name beside {@code target}. */
    private static Path copy(Path source, Path target) throws RefusedException {
        if (!Files.isReadable(source) || !Files.isRegularFile(source)) {
            throw new RefusedException(source + " is no file that can be read");
        }
        Path fresh = empty(target);
        boolean whole = false;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + DatabaseCheckup.address(source))) {
            check(connection, source);
            // SQLite writes into a file that exists only while it is empty, so its mode is right from the first byte.
            Sql.update(connection, "VACUUM INTO ?", fresh.toString());
            try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            whole = true;
            return fresh;
        } catch (SQLException broken) {
            throw new RefusedException(
                    DatabaseFile.corrupt(broken)
                            ? source + " is corrupt, or no database at all"
                            : source + " cannot be copied: " + code(broken));
        } catch (IOException broken) {
            throw refused(fresh, "written", broken);
        } finally {
            if (!whole) {
                discard(fresh);
            }
        }
    }

    private static Path empty(Path target) throws RefusedException {
        Path folder = folder(target);
        try {
            Files.createDirectories(folder);
            return Files.createTempFile(folder, "qwen2api-", ".copy", PrivateFile.attributes(folder));
        } catch (IOException broken) {
            throw refused(folder, "written", broken);
        }
    }

    private static void check(Connection connection, Path source) throws SQLException, RefusedException {
        try {
            Migrations.refuseForeign(connection);
        } catch (ForeignDatabaseException foreign) {
            throw new RefusedException(source + ": " + foreign.getMessage());
        }
        if (Migrations.isEmpty(connection)) {
            throw new RefusedException(source + " is an empty database");
        }
        if (!Sql.isSound(connection)) {
            throw new RefusedException(source + " is corrupt");
        }
    }

    /**
     * Renames a database with the files beside it. A log whose database is gone goes too: SQLite would apply it to
     * whatever takes the place of that database.
     */
    private static void move(Path from, Path to) throws IOException {
        for (String companion : DatabaseFile.COMPANIONS) {
            Path file = DatabaseFile.companion(from, companion);
            if (Files.exists(file)) {
                Files.move(file, DatabaseFile.companion(to, companion), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private void putBack(Path aside) throws RefusedException {
        try {
            move(aside, database);
        } catch (IOException broken) {
            throw refused(aside, "moved back", broken);
        }
    }

    /** Returns the owner of the folder, who must also own the database when root restores it for another user. */
    private Optional<UserPrincipal> owner() throws IOException {
        try {
            return Optional.of(Files.getOwner(folder(database)));
        } catch (UnsupportedOperationException elsewhere) {
            return Optional.empty();
        }
    }

    private static Path folder(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    }

    private static void own(Path file, UserPrincipal owner) {
        try {
            if (!Files.getOwner(file).equals(owner)) {
                Files.setOwner(file, owner);
            }
        } catch (IOException notRoot) {
            // Only root may change the owner, and other users need not.
        }
    }

    private static void rename(Path fresh, Path target) throws RefusedException {
        try {
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException broken) {
            discard(fresh);
            throw refused(target, "written", broken);
        }
    }

    private static RefusedException refused(Path path, String what, IOException broken) {
        return new RefusedException(
                path + " cannot be " + what + " (" + broken.getClass().getSimpleName() + ")");
    }

    private static void discard(Path fresh) {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException stays) {
            fresh.toFile().deleteOnExit();
        }
    }

    /** Returns the result code; the message may quote the content of the file. */
    private static String code(SQLException broken) {
        return broken instanceof SQLiteException known
                ? known.getResultCode().toString()
                : "SQLite's library was not loaded";
    }
}
