package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.Lease;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.util.Optional;

/**
 * Answers through the web API: in the chat that has the conversation so far, or else in a new one. Chats are deleted
 * when no next message comes. Thread-safe.
 */
public final class WebChannel implements Channel {

    private final Upstream upstream;
    private final ReusableChats chats;
    private volatile Rules rules;

    /**
     * Settings that may change while the service runs.
     *
     * @param promptMaxBytes most bytes of the JSON body of a request for an answer
     * @param reuse how long a chat waits for the client's next message; zero if chats are not used again
     */
    public record Rules(int promptMaxBytes, Duration reuse) {}

    public WebChannel(Upstream upstream, Rules rules) {
        this.upstream = upstream;
        this.rules = rules;
        this.chats = new ReusableChats(upstream.janitor(), upstream.clock(), upstream.executor(), rules.reuse());
    }

    /** Puts other settings in force for the requests to come. */
    public void apply(Rules next) {
        rules = next;
        chats.apply(next.reuse());
    }

    /** Disposes of the chats that wait for a next message. */
    public void close() {
        chats.close();
    }

    @Override
    public Optional<AccountId> preferred(ResolvedConversation resolvedConversation) {
        boolean first = resolvedConversation.conversation().turns().size() < 2;
        return first
                ? Optional.empty()
                : ChatReuse.fingerprint(chats, resolvedConversation).flatMap(chats::account);
    }

    @Override
    public AnswerStream open(ResolvedConversation resolvedConversation, Account account) throws UpstreamException {
        return open(upstream, resolvedConversation, account);
    }

    @Override
    public AnswerStream open(ResolvedConversation resolvedConversation, Lease lease) throws UpstreamException {
        return open(upstream.with(lease), resolvedConversation, lease.account());
    }

    private AnswerStream open(Upstream with, ResolvedConversation resolvedConversation, Account account)
            throws UpstreamException {
        int longest = rules.promptMaxBytes();
        var reuse = new ChatReuse(chats, resolvedConversation, longest);
        Optional<Prompt> next = reuse.next(
                account,
                chat -> upstream.janitor().dispose(chat.account(), chat.place().chatId()));
        Prompt prompt = next.isPresent() ? next.get() : reuse.whole();
        var stream = new WebAnswerStream(with, account, prompt, reuse);
        stream.start();
        return stream;
    }
}
