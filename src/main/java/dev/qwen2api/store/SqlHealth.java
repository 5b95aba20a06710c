package dev.qwen2api.store;

import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.HealthStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health of accounts in SQLite. Thread-safe. */
public final class SqlHealth implements HealthStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlHealth.class);

    private final Database database;

    /** What is to be written of one user, whom no log names. */
    private record HealthOf(String user) {

        @Override
        public String toString() {
            return "health of a user";
        }
    }

    public SqlHealth(Database database) {
        this.database = database;
    }

    @Override
    public Map<String, Snapshot> load() {
        try {
            return database.ask(SqlHealth::read);
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] kept health could not be read; every account starts well");
            return Map.of();
        }
    }

    static Map<String, Snapshot> read(Connection connection) throws SQLException {
        var health = new HashMap<String, Snapshot>();
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT user, failures, rests, state, until, reason FROM health")) {
            while (row.next()) {
                health.put(row.getString(1), new Snapshot(row.getInt(2), row.getInt(3), rest(row)));
            }
        }
        return Map.copyOf(health);
    }

    private static Optional<StoredCooldown> rest(ResultSet row) throws SQLException {
        Optional<String> state = Optional.ofNullable(row.getString(4));
        Instant until = Instant.ofEpochMilli(row.getLong(5));
        String reason = Optional.ofNullable(row.getString(6)).orElse("");
        return state.map(name -> new StoredCooldown(AccountState.valueOf(name), until, reason));
    }

    @Override
    public void save(String user, Snapshot snapshot) {
        database.later(new HealthOf(user), connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "INSERT OR REPLACE INTO health (user, failures, rests, state, until, reason) VALUES (?, ?, ?, ?, ?, ?)")) {
                statement.setString(1, user);
                statement.setInt(2, snapshot.failureCount());
                statement.setInt(3, snapshot.restsInARow());
                bind(statement, snapshot.rest());
                statement.executeUpdate();
            }
        });
    }

    @Override
    public void forget(String user) {
        database.later(new HealthOf(user), connection -> {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM health WHERE user = ?")) {
                statement.setString(1, user);
                statement.executeUpdate();
            }
        });
    }

    private static void bind(PreparedStatement statement, Optional<StoredCooldown> rest) throws SQLException {
        if (rest.isEmpty()) {
            statement.setNull(4, Types.VARCHAR);
            statement.setNull(5, Types.INTEGER);
            statement.setNull(6, Types.VARCHAR);
            return;
        }
        statement.setString(4, rest.get().state().name());
        statement.setLong(5, rest.get().until().toEpochMilli());
        statement.setString(6, rest.get().reason());
    }
}
