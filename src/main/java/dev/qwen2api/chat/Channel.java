package dev.qwen2api.chat;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Lease;
import dev.qwen2api.failure.UpstreamException;
import java.util.Optional;

/** Sends conversations to an upstream. Thread-safe. */
public interface Channel {

    /**
     * The account that can go on with the conversation at less cost than others; empty where that makes no difference.
     */
    default Optional<AccountId> preferred(ResolvedConversation resolvedConversation) {
        return Optional.empty();
    }

    /**
     * Starts to ask; never blocks. What goes wrong at the service shows when the stream is read.
     *
     * @throws UpstreamException when the request is not worth sending
     */
    AnswerStream open(ResolvedConversation resolvedConversation, Account account) throws UpstreamException;

    /** The same with the account of a lease, which records the steps that the request can do without. */
    default AnswerStream open(ResolvedConversation resolvedConversation, Lease lease) throws UpstreamException {
        return open(resolvedConversation, lease.account());
    }
}
