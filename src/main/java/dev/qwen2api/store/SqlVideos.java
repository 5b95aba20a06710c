package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.chat.video.VideoStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Stores video jobs in SQLite. Thread-safe. */
public final class SqlVideos implements VideoStore {

    private static final String COLUMNS =
            "id, owner, model, prompt, size, created, status, num, task, url, code, message, ended, user";

    private final Database database;

    public SqlVideos(Database database) {
        this.database = database;
    }

    @Override
    public List<VideoJob> load() {
        return database.readOr(
                List.of(),
                "video jobs could not be read",
                connection ->
                        Sql.query(connection, "SELECT " + COLUMNS + " FROM video ORDER BY created", SqlVideos::job));
    }

    private static VideoJob job(ResultSet row) throws SQLException {
        Optional<String> task = Optional.ofNullable(row.getString(9));
        var account = new AccountId(Math.max(1, row.getInt(8)));
        Optional<String> code = Optional.ofNullable(row.getString(11));
        String message = Optional.ofNullable(row.getString(12)).orElse("");
        long ended = row.getLong(13);
        Optional<String> user = Optional.ofNullable(row.getString(14));
        return new VideoJob(
                row.getString(1),
                row.getString(2),
                new VideoJob.Order(row.getString(3), row.getString(4), row.getString(5)),
                Instant.ofEpochMilli(row.getLong(6)),
                VideoJob.Status.valueOf(row.getString(7)),
                task.map(id -> new VideoJob.Task(account, user, id)),
                Optional.ofNullable(row.getString(10)),
                code.map(kind -> new VideoJob.Fault(kind, message)),
                ended == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ended)));
    }

    @Override
    public void save(VideoJob job) {
        database.writeLater(
                "video " + job.id(),
                connection -> Sql.update(
                        connection,
                        "INSERT OR REPLACE INTO video (" + COLUMNS
                                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        job.id(),
                        job.owner(),
                        job.order().model(),
                        job.order().prompt(),
                        job.order().size(),
                        job.created().toEpochMilli(),
                        job.status().name(),
                        job.task().map(task -> task.account().num()).orElse(0),
                        job.task().map(VideoJob.Task::id).orElse(null),
                        job.url().orElse(null),
                        job.fault().map(VideoJob.Fault::code).orElse(null),
                        job.fault().map(VideoJob.Fault::message).orElse(null),
                        job.ended().map(Instant::toEpochMilli).orElse(0L),
                        job.task().flatMap(VideoJob.Task::user).orElse(null)));
    }

    @Override
    public void remove(String id) {
        database.writeLater("video " + id, connection -> Sql.update(connection, "DELETE FROM video WHERE id = ?", id));
    }
}
