package dev.qwen2api.chat;

import dev.qwen2api.account.AccountId;
import java.util.List;

/** Remembers the upstream chats that this gateway created and has yet to delete. Thread-safe, never blocks. */
public interface ChatLedger {

    /** One chat to delete. */
    record Entry(AccountId account, String chatId) {}

    void add(Entry entry);

    void remove(Entry entry);

    /** What an earlier run left behind. */
    List<Entry> leftOver();
}
