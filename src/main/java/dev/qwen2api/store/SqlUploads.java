package dev.qwen2api.store;

import dev.qwen2api.upstream.qwen.upload.UploadCache.UploadStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Stores uploaded files in SQLite and purges the expired ones. Thread-safe. */
public final class SqlUploads implements UploadStore {

    private final Database database;
    private final Clock clock;

    public SqlUploads(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<Upload> load(Instant now) {
        return database.readOr(List.of(), "the list of uploaded files could not be read", connection -> {
            purge(connection, now);
            return Sql.query(
                    connection,
                    "SELECT user, sha256, name, file, until FROM upload",
                    row -> new Upload(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            Instant.ofEpochMilli(row.getLong(5))));
        });
    }

    private static void purge(Connection connection, Instant now) throws SQLException {
        Sql.update(connection, "DELETE FROM upload WHERE until <= ?", now.toEpochMilli());
    }

    @Override
    public void save(Upload upload) {
        String id = upload.user() + " " + upload.sha256() + " " + upload.name();
        database.writeLater("upload " + id, connection -> {
            purge(connection, clock.instant());
            Sql.update(
                    connection,
                    "INSERT OR REPLACE INTO upload (user, sha256, name, file, until) VALUES (?, ?, ?, ?, ?)",
                    upload.user(),
                    upload.sha256(),
                    upload.name(),
                    upload.file(),
                    upload.until().toEpochMilli());
        });
    }
}
