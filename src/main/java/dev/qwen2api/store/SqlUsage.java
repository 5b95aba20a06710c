package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Usage;
import dev.qwen2api.account.UsageStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Usage in SQLite. Thread-safe. */
public final class SqlUsage implements UsageStore {

    /** A sum only ever grows: one that began at nothing because the file could not be read then takes nothing away. */
    private static final String SAVE = """
            INSERT INTO usage (day, num, user, model, requests, input, output) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (day, num, user, model) DO UPDATE SET
                requests = max(requests, excluded.requests),
                input = max(input, excluded.input),
                output = max(output, excluded.output)
            """;

    private final Database database;

    public SqlUsage(Database database) {
        this.database = database;
    }

    @Override
    public Map<Usage.Key, Usage> load(LocalDate from) throws NotReadException {
        try {
            return database.ask(connection -> read(connection, from));
        } catch (SQLException unusable) {
            throw new NotReadException("the database cannot be read: " + unusable.getMessage(), unusable);
        }
    }

    private static Map<Usage.Key, Usage> read(Connection connection, LocalDate from) throws SQLException {
        var sums = new HashMap<Usage.Key, Usage>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT day, num, user, model, requests, input, output FROM usage WHERE day >= ?")) {
            statement.setString(1, from.toString());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    var key = new Usage.Key(
                            LocalDate.parse(row.getString(1)),
                            new AccountId(row.getInt(2)),
                            row.getString(3),
                            row.getString(4));
                    sums.put(key, new Usage(row.getLong(5), row.getLong(6), row.getLong(7)));
                }
            }
        }
        return sums;
    }

    @Override
    public void save(Usage.Key key, Supplier<Usage> sum) {
        database.later(key, connection -> {
            Usage now = sum.get();
            try (PreparedStatement statement = connection.prepareStatement(SAVE)) {
                statement.setString(1, key.day().toString());
                statement.setInt(2, key.account().num());
                statement.setString(3, key.user());
                statement.setString(4, key.model());
                statement.setLong(5, now.requests());
                statement.setLong(6, now.input());
                statement.setLong(7, now.output());
                statement.executeUpdate();
            }
        });
    }

    @Override
    public void forget(LocalDate before) {
        database.later("old usage", connection -> {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM usage WHERE day < ?")) {
                statement.setString(1, before.toString());
                statement.executeUpdate();
            }
        });
    }
}
