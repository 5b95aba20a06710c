package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.ResolvedConversation;

/**
 * Asks through another channel with a living session: one that has ended is renewed first, one that the upstream calls dead
 * before the first event is renewed and asked with once more. Thread-safe.
 */
public final class RenewingChannel implements Channel {

    private final Channel channel;
    private final SessionKeeper sessions;

    public RenewingChannel(Channel channel, SessionKeeper sessions) {
        this.channel = channel;
        this.sessions = sessions;
    }

    @Override
    public AnswerStream open(ResolvedConversation resolvedConversation, Account account) {
        var stream = new RenewingStream(account, alive -> channel.open(resolvedConversation, alive), sessions);
        stream.start();
        return stream;
    }
}
