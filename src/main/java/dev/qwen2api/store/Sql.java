package dev.qwen2api.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Runs single SQL statements with positional parameters. */
final class Sql {

    private Sql() {}

    /** The key of a user's pending write; its text, which is logged, does not name the user. */
    record UserKey(String what, String user) {

        @Override
        public String toString() {
            return what;
        }
    }

    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Executes a statement; the values are texts, integers, longs or null. */
    static void update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            statement.executeUpdate();
        }
    }

    static <T> List<T> query(Connection connection, String sql, RowReader<T> reader, @Nullable Object... values)
            throws SQLException {
        var found = new ArrayList<T>();
        try (PreparedStatement statement = prepare(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(reader.read(row));
            }
        }
        return List.copyOf(found);
    }

    /** Runs a query whose first column is a number, and returns that of the first row; 0 where there is none. */
    static int number(Connection connection, String sql) throws SQLException {
        return query(connection, sql, row -> row.getInt(1)).stream().findFirst().orElse(0);
    }

    /** Whether SQLite's own look at the whole file finds nothing wrong. */
    static boolean isSound(Connection connection) throws SQLException {
        return query(connection, "PRAGMA quick_check(1)", row -> row.getString(1)).stream()
                .allMatch("ok"::equals);
    }

    /** Whether SQLite failed with one of these codes, or with a code that extends one of them. */
    static boolean failedWith(Exception failure, SQLiteErrorCode... codes) {
        return failure instanceof SQLiteException known
                && Stream.of(codes).anyMatch(code -> code.code == (known.getResultCode().code & 0xff));
    }

    private static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
