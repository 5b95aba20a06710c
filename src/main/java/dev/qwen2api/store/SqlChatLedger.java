package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.upstream.qwen.ChatJanitor.ChatLedger;
import java.util.List;
import java.util.Optional;

/** Stores the upstream chats still to be deleted in SQLite. Thread-safe. */
public final class SqlChatLedger implements ChatLedger {

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
        return database.readOr(
                List.of(),
                "the list of chats to delete could not be read",
                connection -> Sql.query(
                        connection,
                        "SELECT num, user, chat_id FROM chat",
                        row -> new Entry(
                                new AccountId(row.getInt(1)),
                                Optional.ofNullable(row.getString(2)),
                                row.getString(3))));
    }
}
