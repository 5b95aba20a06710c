package dev.qwen2api.store;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountSet;
import dev.qwen2api.account.AccountSet.Kept;
import dev.qwen2api.account.AccountSet.Retired;
import dev.qwen2api.account.AccountStore;
import dev.qwen2api.account.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accounts in SQLite. Thread-safe. */
public final class SqlAccounts implements AccountStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlAccounts.class);

    private final Database database;

    public SqlAccounts(Database database) {
        this.database = database;
    }

    @Override
    public AccountSet load() throws NotReadException {
        try {
            return database.ask(SqlAccounts::read);
        } catch (SQLException unusable) {
            throw new NotReadException("the database cannot be read: " + unusable.getMessage(), unusable);
        }
    }

    static AccountSet read(Connection connection) throws SQLException {
        var accounts = new ArrayList<Kept>();
        var hidden = new HashSet<String>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row =
                    statement.executeQuery("SELECT num, source, cookie, origin FROM account ORDER BY num")) {
                while (row.next()) {
                    account(row).ifPresent(accounts::add);
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT origin FROM hidden")) {
                while (row.next()) {
                    hidden.add(row.getString(1));
                }
            }
        }
        return new AccountSet(accounts, hidden, retired(connection));
    }

    private static List<Retired> retired(Connection connection) throws SQLException {
        var retired = new ArrayList<Retired>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT origin, cookie, since FROM retired")) {
            while (row.next()) {
                String origin = row.getString(1);
                Instant since = Instant.ofEpochMilli(row.getLong(3));
                Credential.parse(row.getString(2))
                        .ifPresent(credential -> retired.add(new Retired(origin, credential, since)));
            }
        }
        return retired;
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
            database.write(connection -> replace(connection, accountSet));
            database.forget(key -> key instanceof SessionOf);
        } catch (SQLException broken) {
            throw new NotStoredException("the database cannot be written: " + broken.getMessage(), broken);
        }
    }

    private static void replace(Connection connection, AccountSet accountSet) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM account");
            statement.execute("DELETE FROM hidden");
            statement.execute("DELETE FROM retired");
        }
        for (Kept kept : accountSet.accounts()) {
            insert(connection, kept);
        }
        for (Retired retired : accountSet.retired()) {
            insert(connection, retired);
        }
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO hidden (origin) VALUES (?)")) {
            for (String origin : accountSet.hidden()) {
                statement.setString(1, origin);
                statement.executeUpdate();
            }
        }
    }

    private static void insert(Connection connection, Retired retired) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO retired (origin, cookie, since) VALUES (?, ?, ?)")) {
            statement.setString(1, retired.origin());
            statement.setString(2, retired.credential().cookieHeader());
            statement.setLong(3, retired.since().toEpochMilli());
            statement.executeUpdate();
        }
    }

    private static void insert(Connection connection, Kept kept) throws SQLException {
        String sql = "INSERT INTO account (num, source, cookie, origin) VALUES (?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Account account = kept.account();
            statement.setInt(1, account.id().num());
            statement.setString(2, account.source().name());
            statement.setString(3, account.credential().cookieHeader());
            statement.setString(4, kept.origin());
            statement.executeUpdate();
        }
    }

    @Override
    public void renewed(Kept account) {
        var session = new SessionOf(account.account().id());
        try {
            database.write(connection -> {
                database.forget(session::equals);
                write(connection, account);
            });
        } catch (SQLException broken) {
            LOG.warn("[SQLITE] the renewed session of {} serves, but is not kept yet", session.account());
            renewedSoon(account);
        }
    }

    @Override
    public void renewedSoon(Kept account) {
        database.later(new SessionOf(account.account().id()), connection -> write(connection, account));
    }

    /** Another account may have the number by now; its session comes from another cookie. */
    private static void write(Connection connection, Kept renewed) throws SQLException {
        Account account = renewed.account();
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE account SET cookie = ? WHERE num = ? AND origin = ?")) {
            statement.setString(1, account.credential().cookieHeader());
            statement.setInt(2, account.id().num());
            statement.setString(3, renewed.origin());
            statement.executeUpdate();
        }
    }

    /** Work that waits to be done. */
    private record SessionOf(AccountId account) {}
}
