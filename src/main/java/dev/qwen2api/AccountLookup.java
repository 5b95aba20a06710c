package dev.qwen2api;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.upstream.qwen.ChatJanitor.ChatLedger;
import java.util.List;
import java.util.Optional;

/** Finds the accounts that chats and videos belong to, with their newest sessions. */
final class AccountLookup {

    private final AccountRing ring;

    AccountLookup(AccountRing ring) {
        this.ring = ring;
    }

    List<Account> all() {
        return ring.statuses().stream().map(AccountStatus::account).toList();
    }

    Optional<Account> present(Account account) {
        return find(account.id(), account.credential().userId());
    }

    Optional<Account> ownerOf(ChatLedger.Entry chat) {
        return find(chat.account(), chat.user());
    }

    Optional<Account> ownerOf(VideoJob.Task task) {
        return find(task.account(), task.user());
    }

    /** An account by its user where that is known: the number may be another user's by now. */
    private Optional<Account> find(AccountId number, Optional<String> user) {
        return user.isPresent() ? ring.find(number, user) : ring.find(number);
    }
}
