package dev.qwen2api.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The database as a file: made with its folder, readable by its owner alone, set aside when it is corrupt. */
final class DatabaseFile {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    static final List<String> COMPANIONS = List.of("", "-wal", "-shm");

    private final Path path;
    private final Clock clock;

    DatabaseFile(Path path, Clock clock) {
        this.path = path;
        this.clock = clock;
    }

    /**
     * Opens the database, ready for use. A corrupt file is renamed and a fresh one takes its place.
     *
     * @throws ForeignDatabaseException when the file is not ours to touch
     */
    Connection open() throws SQLException, IOException, ForeignDatabaseException {
        prepare();
        try {
            return checked();
        } catch (SQLiteException broken) {
            if (!corrupt(broken)) {
                throw broken;
            }
            setAside();
            prepare();
            return checked();
        }
    }

    private void prepare() throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (Files.notExists(path) && posix()) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
    }

    private boolean posix() {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private Connection checked() throws SQLException, ForeignDatabaseException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
        boolean good = false;
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 2000");
            Migrations.refuseForeign(connection);
            integrity(statement);
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            Migrations.run(connection);
            good = true;
            return connection;
        } finally {
            if (!good) {
                connection.close();
            }
        }
    }

    private static void integrity(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
            if (row.next() && !"ok".equals(row.getString(1))) {
                throw new SQLiteException("quick_check failed", SQLiteErrorCode.SQLITE_CORRUPT);
            }
        }
    }

    /** Whether the bytes of the file are at fault, and not the way to them. */
    static boolean corrupt(SQLException thrown) {
        if (!(thrown instanceof SQLiteException broken)) {
            return false;
        }
        int primary = broken.getResultCode().code & 0xff;
        return primary == SQLiteErrorCode.SQLITE_CORRUPT.code || primary == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    private void setAside() throws IOException {
        String stamp = ".corrupt-" + STAMP.format(clock.instant());
        for (String companion : COMPANIONS) {
            Path file = path.resolveSibling(path.getFileName() + companion);
            if (Files.exists(file)) {
                Files.move(file, free(file + stamp), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        LOG.error(
                "[SQLITE] {} is corrupt; it was set aside as {}{} and a fresh one takes its place",
                path,
                path.getFileName(),
                stamp);
    }

    /** A name that nothing has yet: what was set aside before is never overwritten. */
    static Path free(String wanted) {
        Path name = Path.of(wanted);
        for (int i = 2; Files.exists(name); i++) {
            name = Path.of(wanted + "-" + i);
        }
        return name;
    }
}
