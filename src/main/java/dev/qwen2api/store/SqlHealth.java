package dev.qwen2api.store;

import dev.qwen2api.account.AccountHealth;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.Cooldown;
import dev.qwen2api.account.HealthState;
import dev.qwen2api.account.HealthStore;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Stores the health of accounts by user in SQLite. Thread-safe. */
public final class SqlHealth implements HealthStore {

    /** The kind under which the health of a session stands. */
    private static final String SESSION = "SESSION";

    private final Database database;
    private final String prefix;

    public SqlHealth(Database database) {
        this(database, "");
    }

    /** The same for the users of another channel, whose rows begin with {@code prefix}. */
    public SqlHealth(Database database, String prefix) {
        this.database = database;
        this.prefix = prefix;
    }

    @Override
    public String channel() {
        return prefix.replace(":", "").toUpperCase(Locale.ROOT);
    }

    @Override
    public Map<String, AccountHealth> load() {
        return database.readOr(
                Map.of(),
                "stored health could not be read; every account starts healthy",
                connection -> read(connection, prefix));
    }

    private record Row(String user, String kind, HealthState state) {}

    /** Reads the health of the users whose rows begin with {@code prefix}. */
    static Map<String, AccountHealth> read(Connection connection, String prefix) throws SQLException {
        List<Row> rows = Sql.query(
                connection,
                "SELECT user, kind, failures, rests, state, cause, begun, until, reason FROM health"
                        + " WHERE substr(user, 1, length(?)) = ?",
                row -> new Row(
                        row.getString(1).substring(prefix.length()),
                        row.getString(2),
                        new HealthState(row.getInt(3), row.getInt(4), cooldown(row), 0)),
                prefix,
                prefix);
        var sessions = new HashMap<String, HealthState>();
        var kinds = new HashMap<String, Map<RequestKind, HealthState>>();
        for (Row row : rows) {
            var states = kinds.computeIfAbsent(row.user(), first -> new EnumMap<>(RequestKind.class));
            if (row.kind().equals(SESSION)) {
                sessions.put(row.user(), row.state());
            } else {
                states.put(RequestKind.valueOf(row.kind()), row.state());
            }
        }
        var health = new HashMap<String, AccountHealth>();
        kinds.forEach((user, states) ->
                health.put(user, new AccountHealth(sessions.getOrDefault(user, HealthState.WELL), states)));
        return health;
    }

    private static Optional<Cooldown> cooldown(ResultSet row) throws SQLException {
        String state = row.getString(5);
        if (state == null) {
            return Optional.empty();
        }
        return Optional.of(new Cooldown(
                AccountState.valueOf(state),
                FailureKind.valueOf(row.getString(6)),
                Instant.ofEpochMilli(row.getLong(7)),
                Instant.ofEpochMilli(row.getLong(8)),
                row.getString(9)));
    }

    @Override
    public void save(String user, AccountHealth health) {
        String key = prefix + user;
        database.writeLater(new Sql.UserKey("health of a user", key), connection -> {
            delete(connection, key);
            insert(connection, key, SESSION, health.session());
            for (Map.Entry<RequestKind, HealthState> kind : health.kinds().entrySet()) {
                insert(connection, key, kind.getKey().name(), kind.getValue());
            }
        });
    }

    @Override
    public void forget(String user) {
        String key = prefix + user;
        database.writeLater(new Sql.UserKey("health of a user", key), connection -> delete(connection, key));
    }

    private static void delete(Connection connection, String user) throws SQLException {
        Sql.update(connection, "DELETE FROM health WHERE user = ?", user);
    }

    private static void insert(Connection connection, String user, String kind, HealthState health)
            throws SQLException {
        Optional<Cooldown> cooldown = health.cooldown();
        Sql.update(
                connection,
                "INSERT INTO health (user, kind, failures, rests, state, cause, begun, until, reason)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                user,
                kind,
                health.failures(),
                health.cooldowns(),
                cooldown.map(known -> known.state().name()).orElse(null),
                cooldown.map(known -> known.cause().name()).orElse(null),
                cooldown.map(known -> known.begun().toEpochMilli()).orElse(null),
                cooldown.map(known -> known.until().toEpochMilli()).orElse(null),
                cooldown.map(Cooldown::reason).orElse(null));
    }
}
