package dev.qwen2api.store;

import dev.qwen2api.account.AccountHealth;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.Cooldown;
import dev.qwen2api.account.HealthState;
import dev.qwen2api.account.HealthStore;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health of accounts in SQLite. Thread-safe. */
public final class SqlHealth implements HealthStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlHealth.class);

    /** The kind under which the health of a session stands. */
    private static final String SESSION = "SESSION";

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
    public Map<String, AccountHealth> load() {
        try {
            return database.ask(SqlHealth::read);
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] kept health could not be read; every account starts well");
            return Map.of();
        }
    }

    private static Map<String, AccountHealth> read(Connection connection) throws SQLException {
        var sessions = new HashMap<String, HealthState>();
        var kinds = new HashMap<String, Map<RequestKind, HealthState>>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT user, kind, failures, rests, state, cause, begun, until, reason FROM health")) {
            while (row.next()) {
                String user = row.getString(1);
                String kind = row.getString(2);
                kinds.putIfAbsent(user, new EnumMap<>(RequestKind.class));
                var state = new HealthState(row.getInt(3), row.getInt(4), cooldown(row), 0);
                if (kind.equals(SESSION)) {
                    sessions.put(user, state);
                } else {
                    kinds.getOrDefault(user, Map.of()).put(RequestKind.valueOf(kind), state);
                }
            }
        }
        var health = new HashMap<String, AccountHealth>();
        kinds.forEach((user, states) ->
                health.put(user, new AccountHealth(sessions.getOrDefault(user, HealthState.WELL), states)));
        return health;
    }

    private static Optional<Cooldown> cooldown(ResultSet row) throws SQLException {
        Optional<String> state = Optional.ofNullable(row.getString(5));
        if (state.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Cooldown(
                AccountState.valueOf(state.get()),
                FailureKind.valueOf(row.getString(6)),
                Instant.ofEpochMilli(row.getLong(7)),
                Instant.ofEpochMilli(row.getLong(8)),
                row.getString(9)));
    }

    @Override
    public void save(String user, AccountHealth health) {
        database.later(new HealthOf(user), connection -> {
            delete(connection, user);
            insert(connection, user, SESSION, health.session());
            for (Map.Entry<RequestKind, HealthState> kind : health.kinds().entrySet()) {
                insert(connection, user, kind.getKey().name(), kind.getValue());
            }
        });
    }

    @Override
    public void forget(String user) {
        database.later(new HealthOf(user), connection -> delete(connection, user));
    }

    private static void delete(Connection connection, String user) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM health WHERE user = ?")) {
            statement.setString(1, user);
            statement.executeUpdate();
        }
    }

    private static void insert(Connection connection, String user, String kind, HealthState health)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO health (user, kind, failures, rests, state, cause, begun, until, reason)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            statement.setString(1, user);
            statement.setString(2, kind);
            statement.setInt(3, health.failures());
            statement.setInt(4, health.cooldowns());
            bind(statement, health.cooldown());
            statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Optional<Cooldown> cooldown) throws SQLException {
        for (int column = 5; column <= 9; column++) {
            statement.setNull(column, Types.NULL);
        }
        if (cooldown.isPresent()) {
            statement.setString(5, cooldown.get().state().name());
            statement.setString(6, cooldown.get().cause().name());
            statement.setLong(7, cooldown.get().begun().toEpochMilli());
            statement.setLong(8, cooldown.get().until().toEpochMilli());
            statement.setString(9, cooldown.get().reason());
        }
    }
}
