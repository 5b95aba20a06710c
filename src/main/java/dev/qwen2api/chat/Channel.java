package dev.qwen2api.chat;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import java.util.Optional;

/** Sends conversations to an upstream. Thread-safe. */
public interface Channel {

    /**
     * The account that can go on with the conversation at less cost than others; empty where that makes no difference.
     */
    default Optional<AccountId> preferred(ResolvedConversation resolvedConversation) {
        return Optional.empty();
    }

    /** Starts to ask; never blocks. Whatever goes wrong shows when the stream is read. */
    AnswerStream open(ResolvedConversation resolvedConversation, Account account);
}
