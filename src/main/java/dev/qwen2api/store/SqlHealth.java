package dev.qwen2api.store;

import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.HealthStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores the health of accounts by user in SQLite. Thread-safe. */
public final class SqlHealth implements HealthStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlHealth.class);

    private final Database database;

    /** The key of a user's pending write, which logs must not identify. */
    private record HealthKey(String user) {

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
            return database
                    .read(connection -> Sql.query(
                            connection,
                            "SELECT user, failures, rests, state, until, reason FROM health",
                            row -> Map.entry(
                                    row.getString(1), new Snapshot(row.getInt(2), row.getInt(3), cooldown(row)))))
                    .stream()
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] stored health could not be read; every account starts healthy");
            return Map.of();
        }
    }

    private static Optional<StoredCooldown> cooldown(ResultSet row) throws SQLException {
        Optional<String> state = Optional.ofNullable(row.getString(4));
        Instant until = Instant.ofEpochMilli(row.getLong(5));
        String reason = Optional.ofNullable(row.getString(6)).orElse("");
        return state.map(name -> new StoredCooldown(AccountState.valueOf(name), until, reason));
    }

    @Override
    public void save(String user, Snapshot snapshot) {
        Optional<StoredCooldown> cooldown = snapshot.rest();
        database.writeLater(
                new HealthKey(user),
                connection -> Sql.update(
                        connection,
                        "INSERT OR REPLACE INTO health (user, failures, rests, state, until, reason)"
                                + " VALUES (?, ?, ?, ?, ?, ?)",
                        user,
                        snapshot.failureCount(),
                        snapshot.restsInARow(),
                        cooldown.map(known -> known.state().name()).orElse(null),
                        cooldown.map(known -> known.until().toEpochMilli()).orElse(null),
                        cooldown.map(StoredCooldown::reason).orElse(null)));
    }

    @Override
    public void forget(String user) {
        database.writeLater(
                new HealthKey(user), connection -> Sql.update(connection, "DELETE FROM health WHERE user = ?", user));
    }
}
