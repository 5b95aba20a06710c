package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.cli.CliCredential;
import dev.qwen2api.account.cli.CliState;
import dev.qwen2api.account.cli.CliStore;
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
            "INSERT OR REPLACE INTO cli (num, user, access, refresh, resource, expires, state, reason, until, day, requests)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final Database database;

    public SqlCli(Database database) {
        this.database = database;
    }

    @Override
    public List<Kept> load() {
        try {
            return database.ask(SqlCli::read);
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] kept CLI credentials could not be read; new ones are asked for when they are needed");
            return List.of();
        }
    }

    private static List<Kept> read(Connection connection) throws SQLException {
        var kept = new ArrayList<Kept>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT num, user, access, refresh, resource, expires, state, reason, until, day, requests FROM cli"
                                + " ORDER BY num")) {
            while (row.next()) {
                kept.add(new Kept(
                        new AccountId(row.getInt(1)),
                        row.getString(2),
                        credential(row),
                        bench(row),
                        LocalDate.parse(row.getString(10)),
                        row.getInt(11)));
            }
        }
        return List.copyOf(kept);
    }

    private static Optional<CliCredential> credential(ResultSet row) throws SQLException {
        Optional<String> refresh = Optional.ofNullable(row.getString(4));
        Optional<String> resource = Optional.ofNullable(row.getString(5));
        Instant expires = Instant.ofEpochMilli(row.getLong(6));
        return Optional.ofNullable(row.getString(3))
                .map(access -> new CliCredential(access, refresh, resource, expires));
    }

    private static Optional<StoredLimit> bench(ResultSet row) throws SQLException {
        String reason = Optional.ofNullable(row.getString(8)).orElse("");
        Instant until = Instant.ofEpochMilli(row.getLong(9));
        return Optional.ofNullable(row.getString(7))
                .map(state -> new StoredLimit(CliState.valueOf(state), reason, until));
    }

    @Override
    public void saveSoon(AccountId account, Supplier<Optional<Kept>> now) {
        database.later("cli of " + account.num(), connection -> write(connection, account, now.get()));
    }

    @Override
    public void save(AccountId account, Supplier<Optional<Kept>> now) {
        try {
            database.write(connection -> write(connection, account, now.get()));
        } catch (SQLException broken) {
            LOG.warn("[SQLITE] the CLI credential of {} serves, but is not kept yet", account);
            saveSoon(account, now);
        }
    }

    private static void write(Connection connection, AccountId account, Optional<Kept> now) throws SQLException {
        if (now.isPresent()) {
            insert(connection, now.get());
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM cli WHERE num = ?")) {
            statement.setInt(1, account.num());
            statement.executeUpdate();
        }
    }

    private static void insert(Connection connection, Kept kept) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SAVE)) {
            statement.setInt(1, kept.account().num());
            statement.setString(2, kept.user());
            statement.setString(
                    3, kept.credential().map(CliCredential::accessToken).orElse(null));
            statement.setString(
                    4, kept.credential().flatMap(CliCredential::refreshToken).orElse(null));
            statement.setString(
                    5, kept.credential().flatMap(CliCredential::resource).orElse(null));
            statement.setObject(6, millis(kept.credential().map(CliCredential::expires)));
            statement.setString(7, kept.bench().map(why -> why.state().name()).orElse(null));
            statement.setString(8, kept.bench().map(StoredLimit::reason).orElse(null));
            statement.setObject(9, millis(kept.bench().map(StoredLimit::until)));
            statement.setString(10, kept.day().toString());
            statement.setInt(11, kept.requests());
            statement.executeUpdate();
        }
    }

    private static @Nullable Long millis(Optional<Instant> at) {
        return at.map(Instant::toEpochMilli).orElse(null);
    }
}
