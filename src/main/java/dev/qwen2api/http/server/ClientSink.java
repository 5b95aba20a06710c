package dev.qwen2api.http.server;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerSink;

/** A sink at the end of which there is a real client. */
public abstract sealed class ClientSink implements AnswerSink, AnswerOutcome permits JsonSink, SseSink {

    final ClientOutput out;

    ClientSink(ClientOutput out) {
        this.out = out;
    }

    @Override
    public final void leased(AccountId account) {
        out.tried(account.toString());
    }

    @Override
    public final void fallback(String channel) {
        out.fallback(channel);
    }

    @Override
    public final boolean clientGone() {
        return out.clientGone();
    }

    @Override
    public final boolean hasEnded() {
        return out.hasEnded();
    }
}
