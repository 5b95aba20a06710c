package dev.qwen2api.chat;

import dev.qwen2api.account.Account;

/** Sends conversations to an upstream. Thread-safe. */
public interface Channel {

    /** Starts to ask; never blocks. Whatever goes wrong shows when the stream is read. */
    AnswerStream open(ResolvedConversation resolvedConversation, Account account);
}
