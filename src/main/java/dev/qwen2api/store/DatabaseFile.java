package dev.qwen2api.store;

import dev.qwen2api.config.PrivateFile;
import dev.qwen2api.store.Migrations.ForeignDatabaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Opens the database file: creates it with mode 0600 and renames a corrupt one. Confined to the writer thread. */
final class DatabaseFile {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);
    /** What the names of SQLite's files add to the name of the database: itself, its logs and their index. */
    static final List<String> COMPANIONS = List.of("", "-wal", "-shm", "-journal");

    private final Path path;
    private final Clock clock;
    private @Nullable Object identity;

    DatabaseFile(Path path, Clock clock) {
        this.path = path;
        this.clock = clock;
    }

    /**
     * Opens the database and migrates it. A corrupt file is renamed and replaced by an empty one.
     *
     * @throws ForeignDatabaseException when the file belongs to another program or a newer version
     */
    Connection open() throws SQLException, IOException, ForeignDatabaseException {
        prepare();
        try {
            return checked();
        } catch (SQLiteException broken) {
            if (!corrupt(broken)) {
                throw broken;
            }
            moveAside();
            prepare();
            return checked();
        }
    }

    /** Whether the path still names the file that was opened, not a deleted or replaced one. */
    boolean isStillInPlace() {
        try {
            return Objects.equals(identity, fileKey());
        } catch (IOException deleted) {
            return false;
        }
    }

    private @Nullable Object fileKey() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private void prepare() throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (Files.notExists(path)) {
            Files.createFile(path, PrivateFile.attributes(path));
        }
    }

    private Connection checked() throws SQLException, IOException, ForeignDatabaseException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
        boolean good = false;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 2000");
            Migrations.refuseForeign(connection);
            if (!Sql.isSound(connection)) {
                throw new SQLiteException("quick_check failed", SQLiteErrorCode.SQLITE_CORRUPT);
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            Migrations.run(connection);
            identity = fileKey();
            good = true;
            return connection;
        } finally {
            if (!good) {
                connection.close();
            }
        }
    }

    /** Whether the content of the file is at fault, not the access to it. */
    static boolean corrupt(SQLException thrown) {
        return Sql.failedWith(thrown, SQLiteErrorCode.SQLITE_CORRUPT, SQLiteErrorCode.SQLITE_NOTADB);
    }

    private void moveAside() throws IOException {
        String stamp = ".corrupt-" + stamp(clock);
        for (String companion : COMPANIONS) {
            Path file = companion(path, companion);
            if (Files.exists(file)) {
                Files.move(file, free(file + stamp), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        LOG.error(
                "[SQLITE] {} is corrupt; it was renamed to {}{} and replaced by an empty one",
                path,
                path.getFileName(),
                stamp);
    }

    static Path companion(Path database, String suffix) {
        return database.resolveSibling(database.getFileName() + suffix);
    }

    /** The present time as part of a file's name. */
    static String stamp(Clock clock) {
        return DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                .withZone(ZoneOffset.UTC)
                .format(clock.instant());
    }

    /** Returns a name that no file has, nor a database whose logs alone are left. */
    static Path free(String wanted) {
        Path name = Path.of(wanted);
        for (int i = 2; isTaken(name); i++) {
            name = Path.of(wanted + "-" + i);
        }
        return name;
    }

    private static boolean isTaken(Path name) {
        return COMPANIONS.stream().anyMatch(companion -> Files.exists(companion(name, companion)));
    }
}
