package dev.qwen2api.store;

import dev.qwen2api.account.AccountHealth;
import dev.qwen2api.account.AccountSet;
import dev.qwen2api.store.Migrations.ForeignDatabaseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.sqlite.SQLiteException;

/**
 * Inspects the database read-only, creating no file beside it, even while a gateway uses it.
 *
 * @param problem the fault in one clause; empty for a sound or missing file
 * @param wireChanges what the gateway saved of names of the service that it does not know; empty where none
 * @param accounts the stored accounts; none where they are unreadable or the schema is older than this version
 * @param health the stored health of the accounts by the upstream's id of the user
 */
public record DatabaseCheckup(
        Optional<String> problem,
        AccountSet accounts,
        Map<String, AccountHealth> health,
        Optional<String> wireChanges) {

    /** The name under which the unknown names of the service are saved. */
    public static final String WIRE_CHANGES = "wire changes";

    private static final DatabaseCheckup NOTHING =
            new DatabaseCheckup(Optional.empty(), AccountSet.EMPTY, Map.of(), Optional.empty());

    public static DatabaseCheckup of(Path file) {
        if (Files.notExists(file)) {
            return NOTHING;
        }
        if (!Files.isReadable(file)) {
            return broken("this user may not read it");
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + address(file))) {
            return examine(connection);
        } catch (SQLException unreadable) {
            return broken(why(unreadable));
        }
    }

    private static String why(SQLException unreadable) {
        if (DatabaseFile.corrupt(unreadable)) {
            return "it is corrupt, or no database at all";
        }
        return unreadable instanceof SQLiteException known
                ? "it cannot be read (" + known.getResultCode() + ")"
                : "it cannot be opened: SQLite's library was not loaded, perhaps because nothing may be run from the folder for"
                        + " temporary files";
    }

    /**
     * Opening a write-ahead log creates its missing files, owned by the reading user. Without a log no process has
     * the file open, and it can be read as immutable.
     */
    static String address(Path file) {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        return file.toAbsolutePath().toUri() + (Files.exists(log) ? "?mode=ro" : "?immutable=1");
    }

    private static DatabaseCheckup examine(Connection connection) throws SQLException {
        try {
            Migrations.refuseForeign(connection);
        } catch (ForeignDatabaseException foreign) {
            return broken(String.valueOf(foreign.getMessage()));
        }
        if (!Sql.isSound(connection)) {
            return broken("it is corrupt");
        }
        if (Sql.number(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'retired'") == 0) {
            return NOTHING;
        }
        return new DatabaseCheckup(
                Optional.empty(),
                SqlAccounts.read(connection),
                SqlHealth.read(connection, ""),
                SqlKeyValues.read(connection, WIRE_CHANGES));
    }

    private static DatabaseCheckup broken(String problem) {
        return new DatabaseCheckup(Optional.of(problem), AccountSet.EMPTY, Map.of(), Optional.empty());
    }
}
