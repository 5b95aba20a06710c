package dev.qwen2api.store;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountStore;
import dev.qwen2api.account.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Accounts in SQLite. Thread-safe. */
public final class SqlAccounts implements AccountStore {

    private final Database database;

    public SqlAccounts(Database database) {
        this.database = database;
    }

    @Override
    public List<Kept> load() throws NotReadException {
        try {
            return database.ask(SqlAccounts::read);
        } catch (SQLException unusable) {
            throw new NotReadException("the database cannot be read: " + unusable.getMessage(), unusable);
        }
    }

    static List<Kept> read(Connection connection) throws SQLException {
        var kept = new ArrayList<Kept>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT num, source, cookie, origin, removed FROM account ORDER BY num")) {
            while (row.next()) {
                account(row).ifPresent(kept::add);
            }
        }
        return List.copyOf(kept);
    }

    private static Optional<Kept> account(ResultSet row) throws SQLException {
        AccountId id = new AccountId(row.getInt(1));
        Account.Source source = Account.Source.valueOf(row.getString(2));
        String origin = row.getString(4);
        boolean removed = row.getBoolean(5);
        return Credential.parse(row.getString(3))
                .map(credential -> new Kept(new Account(id, source, credential), origin, removed));
    }

    @Override
    public void replaceAll(List<Kept> accounts) throws NotStoredException {
        try {
            database.write(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("DELETE FROM account");
                }
                for (Kept kept : accounts) {
                    insert(connection, kept);
                }
            });
        } catch (SQLException broken) {
            throw new NotStoredException("the database cannot be written: " + broken.getMessage(), broken);
        }
    }

    private static void insert(Connection connection, Kept kept) throws SQLException {
        String sql = "INSERT INTO account (num, source, cookie, origin, removed) VALUES (?, ?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Account account = kept.account();
            statement.setInt(1, account.id().num());
            statement.setString(2, account.source().name());
            statement.setString(3, account.credential().cookieHeader());
            statement.setString(4, kept.origin());
            statement.setBoolean(5, kept.removed());
            statement.executeUpdate();
        }
    }

    @Override
    public void renewed(Account account) {
        int num = account.id().num();
        String cookie = account.credential().cookieHeader();
        database.later("session of " + num, connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("UPDATE account SET cookie = ? WHERE num = ?")) {
                statement.setString(1, cookie);
                statement.setInt(2, num);
                statement.executeUpdate();
            }
        });
    }
}
