package dev.qwen2api.store;

import dev.qwen2api.account.CliStatus.CliState;
import dev.qwen2api.upstream.compatible.CliCredential;
import dev.qwen2api.upstream.compatible.CliStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores CLI credentials and limits of accounts in SQLite. Thread-safe. */
public final class SqlCli implements CliStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlCli.class);

    private static final String COLUMNS =
            "user, access, refresh, resource, expires, state, reason, until, day, requests";

    private final Database database;

    public SqlCli(Database database) {
        this.database = database;
    }

    @Override
    public List<StoredCli> load() {
        return database.readOr(
                List.of(),
                "stored CLI credentials could not be read; new ones are requested when they are needed",
                connection ->
                        Sql.query(connection, "SELECT " + COLUMNS + " FROM cli_user ORDER BY user", SqlCli::stored));
    }

    private static StoredCli stored(ResultSet row) throws SQLException {
        return new StoredCli(
                row.getString(1), credential(row), pause(row), LocalDate.parse(row.getString(9)), row.getInt(10));
    }

    private static Optional<CliCredential> credential(ResultSet row) throws SQLException {
        Optional<String> refresh = Optional.ofNullable(row.getString(3));
        Optional<String> resource = Optional.ofNullable(row.getString(4));
        Instant expires = Instant.ofEpochMilli(row.getLong(5));
        return Optional.ofNullable(row.getString(2))
                .map(access -> new CliCredential(access, refresh, resource, expires));
    }

    /** A quota that is used up is no pause: it is stored with the health of accounts. */
    private static Optional<StoredPause> pause(ResultSet row) throws SQLException {
        String reason = Optional.ofNullable(row.getString(7)).orElse("");
        Instant until = Instant.ofEpochMilli(row.getLong(8));
        return Optional.ofNullable(row.getString(6))
                .map(CliState::valueOf)
                .filter(state -> state == CliState.UNSUPPORTED || state == CliState.NONE)
                .map(state -> new StoredPause(state == CliState.UNSUPPORTED, reason, until));
    }

    @Override
    public void saveSoon(String user, Supplier<Optional<StoredCli>> now) {
        database.writeLater(
                new Sql.UserKey("CLI credential of a user", user), connection -> write(connection, user, now.get()));
    }

    @Override
    public void save(String user, Supplier<Optional<StoredCli>> now) {
        try {
            database.write(connection -> write(connection, user, now.get()));
        } catch (SQLException broken) {
            LOG.warn("[SQLITE] a CLI credential is used but not stored yet");
            saveSoon(user, now);
        }
    }

    private static void write(Connection connection, String user, Optional<StoredCli> now) throws SQLException {
        if (now.isPresent()) {
            insert(connection, now.get());
        } else {
            Sql.update(connection, "DELETE FROM cli_user WHERE user = ?", user);
        }
    }

    private static void insert(Connection connection, StoredCli stored) throws SQLException {
        Optional<CliCredential> credential = stored.credential();
        Optional<StoredPause> pause = stored.pause();
        Sql.update(
                connection,
                "INSERT OR REPLACE INTO cli_user (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                stored.user(),
                credential.map(CliCredential::accessToken).orElse(null),
                credential.flatMap(CliCredential::refreshToken).orElse(null),
                credential.flatMap(CliCredential::resource).orElse(null),
                millis(credential.map(CliCredential::expires)),
                pause.map(SqlCli::state).map(CliState::name).orElse(null),
                pause.map(StoredPause::reason).orElse(null),
                millis(pause.map(StoredPause::until)),
                stored.day().toString(),
                stored.requests());
    }

    private static CliState state(StoredPause pause) {
        return pause.unsupported() ? CliState.UNSUPPORTED : CliState.NONE;
    }

    private static @Nullable Long millis(Optional<Instant> at) {
        return at.map(Instant::toEpochMilli).orElse(null);
    }
}
