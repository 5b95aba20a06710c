package dev.qwen2api.store;

import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores texts by name in SQLite, such as the last model catalogue. Thread-safe. */
public final class SqlKeyValues {

    private static final Logger LOG = LoggerFactory.getLogger(SqlKeyValues.class);

    private final Database database;

    public SqlKeyValues(Database database) {
        this.database = database;
    }

    /** Returns the text last saved under that name. */
    public Optional<String> load(String name) {
        try {
            return database
                    .read(connection -> Sql.query(
                            connection, "SELECT value FROM kept WHERE name = ?", row -> row.getString(1), name))
                    .stream()
                    .findFirst();
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] the stored {} could not be read", name);
            return Optional.empty();
        }
    }

    /** Saves a text and waits until it is on disk; returns whether it is. */
    public boolean saveNow(String name, String value) {
        try {
            database.write(connection ->
                    Sql.update(connection, "INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)", name, value));
            return true;
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] the {} could not be stored", name);
            return false;
        }
    }

    /** Removes a text soon. Never blocks. */
    public void remove(String name) {
        database.writeLater(
                "kept " + name, connection -> Sql.update(connection, "DELETE FROM kept WHERE name = ?", name));
    }

    /** Saves a text soon. Never blocks. */
    public void save(String name, String value) {
        database.writeLater(
                "kept " + name,
                connection ->
                        Sql.update(connection, "INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)", name, value));
    }
}
