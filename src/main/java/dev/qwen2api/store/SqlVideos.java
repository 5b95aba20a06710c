package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.chat.video.VideoStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Orders for videos in SQLite. Thread-safe. */
public final class SqlVideos implements VideoStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlVideos.class);

    private static final String COLUMNS =
            "id, owner, model, prompt, size, created, status, num, task, url, code, message, ended";

    private final Database database;

    public SqlVideos(Database database) {
        this.database = database;
    }

    @Override
    public List<VideoJob> load() {
        try {
            return database.ask(SqlVideos::read);
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] orders for videos could not be read");
            return List.of();
        }
    }

    private static List<VideoJob> read(Connection connection) throws SQLException {
        var jobs = new ArrayList<VideoJob>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + COLUMNS + " FROM video ORDER BY created")) {
            while (row.next()) {
                jobs.add(job(row));
            }
        }
        return List.copyOf(jobs);
    }

    private static VideoJob job(ResultSet row) throws SQLException {
        Optional<String> task = Optional.ofNullable(row.getString(9));
        var account = new AccountId(Math.max(1, row.getInt(8)));
        Optional<String> code = Optional.ofNullable(row.getString(11));
        String message = Optional.ofNullable(row.getString(12)).orElse("");
        long ended = row.getLong(13);
        return new VideoJob(
                row.getString(1),
                row.getString(2),
                new VideoJob.Order(row.getString(3), row.getString(4), row.getString(5)),
                Instant.ofEpochMilli(row.getLong(6)),
                VideoJob.Status.valueOf(row.getString(7)),
                task.map(id -> new VideoJob.Task(account, id)),
                Optional.ofNullable(row.getString(10)),
                code.map(kind -> new VideoJob.Fault(kind, message)),
                ended == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ended)));
    }

    @Override
    public void save(VideoJob job) {
        database.later("video " + job.id(), connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "INSERT OR REPLACE INTO video (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                write(statement, job);
                statement.executeUpdate();
            }
        });
    }

    private static void write(PreparedStatement statement, VideoJob job) throws SQLException {
        statement.setString(1, job.id());
        statement.setString(2, job.owner());
        statement.setString(3, job.order().model());
        statement.setString(4, job.order().prompt());
        statement.setString(5, job.order().size());
        statement.setLong(6, job.created().toEpochMilli());
        statement.setString(7, job.status().name());
        statement.setInt(8, job.task().map(task -> task.account().num()).orElse(0));
        text(statement, 9, job.task().map(VideoJob.Task::id));
        text(statement, 10, job.url());
        text(statement, 11, job.fault().map(VideoJob.Fault::code));
        text(statement, 12, job.fault().map(VideoJob.Fault::message));
        statement.setLong(13, job.ended().map(Instant::toEpochMilli).orElse(0L));
    }

    private static void text(PreparedStatement statement, int at, Optional<String> text) throws SQLException {
        if (text.isPresent()) {
            statement.setString(at, text.get());
        } else {
            statement.setNull(at, Types.VARCHAR);
        }
    }

    @Override
    public void remove(String id) {
        database.later("video " + id, connection -> {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM video WHERE id = ?")) {
                statement.setString(1, id);
                statement.executeUpdate();
            }
        });
    }
}
