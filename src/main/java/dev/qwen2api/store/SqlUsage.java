package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.Usage;
import dev.qwen2api.account.UsageRecorder.UsageStore;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Stores usage sums by day, account and model in SQLite. Thread-safe. */
public final class SqlUsage implements UsageStore {

    /** Sums only grow, so one that started at zero because the file was unreadable cannot lower the stored one. */
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
        var sums = new HashMap<Usage.Key, Usage>();
        try {
            database.read(connection -> Sql.query(
                            connection,
                            "SELECT day, num, user, model, requests, input, output FROM usage WHERE day >= ?",
                            row -> Map.entry(
                                    new Usage.Key(
                                            LocalDate.parse(row.getString(1)),
                                            new AccountId(row.getInt(2)),
                                            row.getString(3),
                                            row.getString(4)),
                                    new Usage(row.getLong(5), row.getLong(6), row.getLong(7))),
                            from.toString()))
                    .forEach(sum -> sums.put(sum.getKey(), sum.getValue()));
        } catch (SQLException unusable) {
            throw new NotReadException("the database cannot be read: " + unusable.getMessage(), unusable);
        }
        return sums;
    }

    @Override
    public void save(Usage.Key key, Supplier<Usage> sum) {
        database.writeLater(key, connection -> {
            Usage now = sum.get();
            Sql.update(
                    connection,
                    SAVE,
                    key.day().toString(),
                    key.account().num(),
                    key.user(),
                    key.model(),
                    now.requests(),
                    now.input(),
                    now.output());
        });
    }

    @Override
    public void forget(LocalDate before) {
        database.writeLater(
                "old usage",
                connection -> Sql.update(connection, "DELETE FROM usage WHERE day < ?", before.toString()));
    }
}
