package dev.qwen2api.store;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountSet;
import dev.qwen2api.account.AccountSet.Kept;
import dev.qwen2api.account.AccountSet.Retired;
import dev.qwen2api.account.AccountStore;
import dev.qwen2api.account.Credential;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores accounts and their sessions in SQLite. Thread-safe. */
public final class SqlAccounts implements AccountStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlAccounts.class);

    private final Database database;

    public SqlAccounts(Database database) {
        this.database = database;
    }

    @Override
    public AccountSet load() throws NotReadException {
        try {
            return database.read(SqlAccounts::read);
        } catch (SQLException unusable) {
            throw new NotReadException("the database cannot be read: " + unusable.getMessage(), unusable);
        }
    }

    static AccountSet read(Connection connection) throws SQLException {
        List<Kept> accounts = Sql.query(
                        connection,
                        "SELECT num, source, cookie, origin FROM account ORDER BY num",
                        SqlAccounts::account)
                .stream()
                .flatMap(Optional::stream)
                .toList();
        List<String> hidden = Sql.query(connection, "SELECT origin FROM hidden", row -> row.getString(1));
        List<Retired> retired =
                Sql.query(connection, "SELECT origin, cookie, since FROM retired", SqlAccounts::retired).stream()
                        .flatMap(Optional::stream)
                        .toList();
        return new AccountSet(accounts, Set.copyOf(hidden), retired);
    }

    private static Optional<Retired> retired(ResultSet row) throws SQLException {
        String origin = row.getString(1);
        Instant since = Instant.ofEpochMilli(row.getLong(3));
        return Credential.parse(row.getString(2)).map(credential -> new Retired(origin, credential, since));
    }

    private static Optional<Kept> account(ResultSet row) throws SQLException {
        AccountId id = new AccountId(row.getInt(1));
        Account.Source source = Account.Source.valueOf(row.getString(2));
        String origin = row.getString(4);
        return Credential.parse(row.getString(3))
                .map(credential -> new Kept(new Account(id, source, credential), origin));
    }

    @Override
    public void replaceAll(AccountSet accountSet) throws NotStoredException {
        try {
            database.write(connection -> replace(connection, accountSet), key -> key instanceof SessionKey);
        } catch (SQLException broken) {
            throw new NotStoredException("the database cannot be written: " + broken.getMessage(), broken);
        }
    }

    private static void replace(Connection connection, AccountSet accountSet) throws SQLException {
        for (String table : List.of("account", "hidden", "retired")) {
            Sql.update(connection, "DELETE FROM " + table);
        }
        for (Retired retired : accountSet.retired()) {
            Sql.update(
                    connection,
                    "INSERT INTO retired (origin, cookie, since) VALUES (?, ?, ?)",
                    retired.origin(),
                    retired.credential().cookieHeader(),
                    retired.since().toEpochMilli());
        }
        for (Kept kept : accountSet.accounts()) {
            Account account = kept.account();
            Sql.update(
                    connection,
                    "INSERT INTO account (num, source, cookie, origin) VALUES (?, ?, ?, ?)",
                    account.id().num(),
                    account.source().name(),
                    account.credential().cookieHeader(),
                    kept.origin());
        }
        for (String origin : accountSet.hidden()) {
            Sql.update(connection, "INSERT INTO hidden (origin) VALUES (?)", origin);
        }
    }

    @Override
    public void renewed(Kept account) {
        var session = new SessionKey(account.account().id());
        try {
            database.write(connection -> write(connection, account), session::equals);
        } catch (SQLException broken) {
            LOG.warn("[SQLITE] the renewed session of {} is used but not stored yet", session.account());
            renewedSoon(account);
        }
    }

    @Override
    public void renewedSoon(Kept account) {
        database.writeLater(new SessionKey(account.account().id()), connection -> write(connection, account));
    }

    /** Matches the origin too, because another account may have the number by now. */
    private static void write(Connection connection, Kept renewed) throws SQLException {
        Account account = renewed.account();
        Sql.update(
                connection,
                "UPDATE account SET cookie = ? WHERE num = ? AND origin = ?",
                account.credential().cookieHeader(),
                account.id().num(),
                renewed.origin());
    }

    private record SessionKey(AccountId account) {}
}
