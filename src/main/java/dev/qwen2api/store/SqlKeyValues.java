package dev.qwen2api.store;

import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.upstream.qwen.NativeTools;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores texts by name in SQLite, such as the last model catalogue. Thread-safe. */
public final class SqlKeyValues {

    private static final Logger LOG = LoggerFactory.getLogger(SqlKeyValues.class);

    private static final String TOOLS = "native tools of ";

    private final Database database;

    public SqlKeyValues(Database database) {
        this.database = database;
    }

    /** Returns a text; empty where there is none or it cannot be read at present. */
    public Optional<String> load(String name) {
        try {
            return database.read(connection -> read(connection, name));
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] the stored {} could not be read: {}", name, unusable.getMessage());
            return Optional.empty();
        }
    }

    static Optional<String> read(Connection connection, String name) throws SQLException {
        return Sql.query(connection, "SELECT value FROM kept WHERE name = ?", row -> row.getString(1), name).stream()
                .findFirst();
    }

    /** Saves a text and waits until it is on disk; returns whether it is. */
    public boolean saveNow(String name, String value) {
        try {
            database.write(connection -> write(connection, name, value), key(name)::equals);
            return true;
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] the {} could not be stored", name);
            return false;
        }
    }

    /** Removes a text soon. Never blocks. */
    public void remove(String name) {
        database.writeLater(key(name), connection -> Sql.update(connection, "DELETE FROM kept WHERE name = ?", name));
    }

    /** Saves a text soon. Never blocks. */
    public void save(String name, String value) {
        database.writeLater(key(name), connection -> write(connection, name, value));
    }

    private static String key(String name) {
        return "kept " + name;
    }

    private static void write(Connection connection, String name, String value) throws SQLException {
        Sql.update(connection, "INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)", name, value);
    }

    /** Stores the tool settings that accounts had before the gateway switched them off, by user. */
    public NativeTools.Store toolSettings() {
        return new NativeTools.Store() {
            @Override
            public Optional<String> load(String user) throws NotReadException {
                try {
                    return database.read(connection -> read(connection, TOOLS + user));
                } catch (SQLException unusable) {
                    throw new NotReadException("the database cannot be read: " + unusable.getMessage(), unusable);
                }
            }

            @Override
            public boolean save(String user, String former) {
                return saveNow(TOOLS + user, former);
            }

            @Override
            public void remove(String user) {
                SqlKeyValues.this.remove(TOOLS + user);
            }
        };
    }
}
