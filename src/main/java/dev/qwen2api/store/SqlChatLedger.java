package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.upstream.qwen.ChatJanitor.ChatLedger;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores the upstream chats still to be deleted in SQLite. Thread-safe. */
public final class SqlChatLedger implements ChatLedger {

    private static final Logger LOG = LoggerFactory.getLogger(SqlChatLedger.class);

    private final Database database;

    public SqlChatLedger(Database database) {
        this.database = database;
    }

    @Override
    public void add(Entry entry) {
        writeLater(
                entry,
                connection -> Sql.update(
                        connection,
                        "INSERT OR REPLACE INTO chat (chat_id, num, user) VALUES (?, ?, ?)",
                        entry.chatId(),
                        entry.account().num(),
                        entry.user().orElse(null)));
    }

    @Override
    public void remove(Entry entry) {
        writeLater(entry, connection -> Sql.update(connection, "DELETE FROM chat WHERE chat_id = ?", entry.chatId()));
    }

    private void writeLater(Entry entry, DatabaseConnection.Work work) {
        database.writeLater("chat " + entry.chatId(), work);
    }

    @Override
    public List<Entry> leftOver() {
        try {
            return database.read(connection -> Sql.query(
                    connection,
                    "SELECT num, user, chat_id FROM chat",
                    row -> new Entry(
                            new AccountId(row.getInt(1)), Optional.ofNullable(row.getString(2)), row.getString(3))));
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] the list of chats to delete could not be read");
            return List.of();
        }
    }
}
