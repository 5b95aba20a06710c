package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.cli.CliCredential;
import dev.qwen2api.account.cli.CliState;
import dev.qwen2api.account.cli.CliStore;
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
            "num, user, access, refresh, resource, expires, state, reason, until, day, requests";

    private final Database database;

    public SqlCli(Database database) {
        this.database = database;
    }

    @Override
    public List<Kept> load() {
        try {
            return database.read(
                    connection -> Sql.query(connection, "SELECT " + COLUMNS + " FROM cli ORDER BY num", SqlCli::kept));
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] stored CLI credentials could not be read; new ones are requested when they are needed");
            return List.of();
        }
    }

    private static Kept kept(ResultSet row) throws SQLException {
        return new Kept(
                new AccountId(row.getInt(1)),
                row.getString(2),
                credential(row),
                limit(row),
                LocalDate.parse(row.getString(10)),
                row.getInt(11));
    }

    private static Optional<CliCredential> credential(ResultSet row) throws SQLException {
        Optional<String> refresh = Optional.ofNullable(row.getString(4));
        Optional<String> resource = Optional.ofNullable(row.getString(5));
        Instant expires = Instant.ofEpochMilli(row.getLong(6));
        return Optional.ofNullable(row.getString(3))
                .map(access -> new CliCredential(access, refresh, resource, expires));
    }

    private static Optional<StoredLimit> limit(ResultSet row) throws SQLException {
        String reason = Optional.ofNullable(row.getString(8)).orElse("");
        Instant until = Instant.ofEpochMilli(row.getLong(9));
        return Optional.ofNullable(row.getString(7))
                .map(state -> new StoredLimit(CliState.valueOf(state), reason, until));
    }

    @Override
    public void saveSoon(AccountId account, Supplier<Optional<Kept>> now) {
        database.writeLater("cli of " + account.num(), connection -> write(connection, account, now.get()));
    }

    @Override
    public void save(AccountId account, Supplier<Optional<Kept>> now) {
        try {
            database.write(connection -> write(connection, account, now.get()));
        } catch (SQLException broken) {
            LOG.warn("[SQLITE] the CLI credential of {} is used but not stored yet", account);
            saveSoon(account, now);
        }
    }

    private static void write(Connection connection, AccountId account, Optional<Kept> now) throws SQLException {
        if (now.isPresent()) {
            insert(connection, now.get());
        } else {
            Sql.update(connection, "DELETE FROM cli WHERE num = ?", account.num());
        }
    }

    private static void insert(Connection connection, Kept kept) throws SQLException {
        Optional<CliCredential> credential = kept.credential();
        Optional<StoredLimit> limit = kept.bench();
        Sql.update(
                connection,
                "INSERT OR REPLACE INTO cli (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                kept.account().num(),
                kept.user(),
                credential.map(CliCredential::accessToken).orElse(null),
                credential.flatMap(CliCredential::refreshToken).orElse(null),
                credential.flatMap(CliCredential::resource).orElse(null),
                millis(credential.map(CliCredential::expires)),
                limit.map(known -> known.state().name()).orElse(null),
                limit.map(StoredLimit::reason).orElse(null),
                millis(limit.map(StoredLimit::until)),
                kept.day().toString(),
                kept.requests());
    }

    private static @Nullable Long millis(Optional<Instant> at) {
        return at.map(Instant::toEpochMilli).orElse(null);
    }
}
