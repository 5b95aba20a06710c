package dev.qwen2api.store;

import dev.qwen2api.upstream.qwen.upload.UploadStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that lie at the upstream, in SQLite. Thread-safe. */
public final class SqlUploads implements UploadStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlUploads.class);

    private final Database database;

    public SqlUploads(Database database) {
        this.database = database;
    }

    @Override
    public List<Upload> load(Instant now) {
        try {
            return database.ask(connection -> {
                forget(connection, now);
                return read(connection);
            });
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] the list of uploaded files could not be read");
            return List.of();
        }
    }

    private static void forget(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM upload WHERE until <= ?")) {
            statement.setLong(1, now.toEpochMilli());
            statement.executeUpdate();
        }
    }

    private static List<Upload> read(Connection connection) throws SQLException {
        var uploads = new ArrayList<Upload>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT user, sha256, name, file, until FROM upload")) {
            while (row.next()) {
                uploads.add(new Upload(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Instant.ofEpochMilli(row.getLong(5))));
            }
        }
        return List.copyOf(uploads);
    }

    @Override
    public void save(Upload upload) {
        String id = upload.user() + " " + upload.sha256() + " " + upload.name();
        database.later("upload " + id, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "INSERT OR REPLACE INTO upload (user, sha256, name, file, until) VALUES (?, ?, ?, ?, ?)")) {
                statement.setString(1, upload.user());
                statement.setString(2, upload.sha256());
                statement.setString(3, upload.name());
                statement.setString(4, upload.file());
                statement.setLong(5, upload.until().toEpochMilli());
                statement.executeUpdate();
            }
        });
    }
}
