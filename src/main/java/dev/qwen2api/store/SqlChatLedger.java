package dev.qwen2api.store;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.upstream.qwen.ChatLedger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The chats still to be deleted, in SQLite. Thread-safe. */
public final class SqlChatLedger implements ChatLedger {

    private static final Logger LOG = LoggerFactory.getLogger(SqlChatLedger.class);

    private final Database database;

    public SqlChatLedger(Database database) {
        this.database = database;
    }

    @Override
    public void add(Entry entry) {
        later(entry, connection -> {
            String sql = "INSERT OR REPLACE INTO chat (chat_id, num, user) VALUES (?, ?, ?)";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, entry.chatId());
                statement.setInt(2, entry.account().num());
                statement.setString(3, entry.user().orElse(null));
                statement.executeUpdate();
            }
        });
    }

    @Override
    public void remove(Entry entry) {
        later(entry, connection -> {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM chat WHERE chat_id = ?")) {
                statement.setString(1, entry.chatId());
                statement.executeUpdate();
            }
        });
    }

    private void later(Entry entry, Database.Work work) {
        database.later("chat " + entry.chatId(), work);
    }

    @Override
    public List<Entry> leftOver() {
        try {
            return database.ask(SqlChatLedger::read);
        } catch (SQLException unusable) {
            LOG.warn("[SQLITE] the list of chats to delete could not be read");
            return List.of();
        }
    }

    private static List<Entry> read(Connection connection) throws SQLException {
        var entries = new ArrayList<Entry>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT num, user, chat_id FROM chat")) {
            while (row.next()) {
                AccountId account = new AccountId(row.getInt(1));
                entries.add(new Entry(account, Optional.ofNullable(row.getString(2)), row.getString(3)));
            }
        }
        return List.copyOf(entries);
    }
}
