package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import java.util.List;
import java.util.Optional;

/** Remembers the upstream chats that this gateway created and has yet to delete. Thread-safe, never blocks. */
public interface ChatLedger {

    /**
     * One chat to delete.
     *
     * @param account the number that the chat's account had when it was created
     * @param user whose chat it is, whatever the number is now; empty where that is not known
     */
    record Entry(AccountId account, Optional<String> user, String chatId) {

        public static Entry of(Account account, String chatId) {
            return new Entry(account.id(), account.credential().userId(), chatId);
        }

        @Override
        public String toString() {
            return "a chat of " + account;
        }
    }

    void add(Entry entry);

    void remove(Entry entry);

    /** What an earlier run left behind. */
    List<Entry> leftOver();
}
