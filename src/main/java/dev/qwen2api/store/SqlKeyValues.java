package dev.qwen2api.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Single texts that outlive the process, by name, such as the last catalogue of models. Thread-safe. */
public final class SqlKeyValues {

    private static final Logger LOG = LoggerFactory.getLogger(SqlKeyValues.class);

    private final Database database;

    public SqlKeyValues(Database database) {
        this.database = database;
    }

    /** What was last saved under that name. */
    public Optional<String> load(String name) {
        try {
            return database.ask(connection -> read(connection, name));
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] the kept {} could not be read", name);
            return Optional.empty();
        }
    }

    private static Optional<String> read(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT value FROM kept WHERE name = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    /** Saves a text soon, in place of what was there. Never blocks. */
    public void save(String name, String value) {
        database.later("kept " + name, connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)")) {
                statement.setString(1, name);
                statement.setString(2, value);
                statement.executeUpdate();
            }
        });
    }
}
