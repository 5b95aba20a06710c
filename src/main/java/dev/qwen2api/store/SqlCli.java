package dev.qwen2api.store;

import dev.qwen2api.account.CliStatus.CliState;
import dev.qwen2api.upstream.compatible.CliCredential;
import dev.qwen2api.upstream.compatible.CliStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The CLI channel's knowledge of accounts in SQLite. Thread-safe. */
public final class SqlCli implements CliStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlCli.class);

    private static final String SAVE =
            "INSERT OR REPLACE INTO cli_user (user, access, refresh, resource, expires, state, reason, until, day, requests)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final Database database;

    /** What is to be written of one user, whom no log names. */
    private record CliOf(String user) {

        @Override
        public String toString() {
            return "CLI credential of a user";
        }
    }

    public SqlCli(Database database) {
        this.database = database;
    }

    @Override
    public List<StoredCli> load() {
        try {
            return database.ask(SqlCli::read);
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] kept CLI credentials could not be read; new ones are obtained when they are needed");
            return List.of();
        }
    }

    private static List<StoredCli> read(Connection connection) throws SQLException {
        var kept = new ArrayList<StoredCli>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT user, access, refresh, resource, expires, state, reason, until, day, requests"
                                + " FROM cli_user ORDER BY user")) {
            while (row.next()) {
                kept.add(new StoredCli(
                        row.getString(1),
                        credential(row),
                        pause(row),
                        LocalDate.parse(row.getString(9)),
                        row.getInt(10)));
            }
        }
        return List.copyOf(kept);
    }

    private static Optional<CliCredential> credential(ResultSet row) throws SQLException {
        Optional<String> refresh = Optional.ofNullable(row.getString(3));
        Optional<String> resource = Optional.ofNullable(row.getString(4));
        Instant expires = Instant.ofEpochMilli(row.getLong(5));
        return Optional.ofNullable(row.getString(2))
                .map(access -> new CliCredential(access, refresh, resource, expires));
    }

    /** A quota that is used up is no pause: it is kept with the health of accounts. */
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
        database.later(new CliOf(user), connection -> write(connection, user, now.get()));
    }

    @Override
    public void save(String user, Supplier<Optional<StoredCli>> now) {
        try {
            database.write(connection -> write(connection, user, now.get()));
        } catch (SQLException broken) {
            LOG.warn("[SQLITE] a CLI credential serves, but is not on disk yet");
            saveSoon(user, now);
        }
    }

    private static void write(Connection connection, String user, Optional<StoredCli> now) throws SQLException {
        if (now.isPresent()) {
            insert(connection, now.get());
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM cli_user WHERE user = ?")) {
            statement.setString(1, user);
            statement.executeUpdate();
        }
    }

    private static void insert(Connection connection, StoredCli kept) throws SQLException {
        Optional<CliCredential> credential = kept.credential();
        Optional<StoredPause> pause = kept.pause();
        try (PreparedStatement statement = connection.prepareStatement(SAVE)) {
            statement.setString(1, kept.user());
            statement.setString(2, credential.map(CliCredential::accessToken).orElse(null));
            statement.setString(
                    3, credential.flatMap(CliCredential::refreshToken).orElse(null));
            statement.setString(4, credential.flatMap(CliCredential::resource).orElse(null));
            statement.setObject(5, millis(credential.map(CliCredential::expires)));
            statement.setString(6, pause.map(SqlCli::state).map(CliState::name).orElse(null));
            statement.setString(7, pause.map(StoredPause::reason).orElse(null));
            statement.setObject(8, millis(pause.map(StoredPause::until)));
            statement.setString(9, kept.day().toString());
            statement.setInt(10, kept.requests());
            statement.executeUpdate();
        }
    }

    private static CliState state(StoredPause pause) {
        return pause.unsupported() ? CliState.UNSUPPORTED : CliState.NONE;
    }

    private static @Nullable Long millis(Optional<Instant> at) {
        return at.map(Instant::toEpochMilli).orElse(null);
    }
}
