package dev.qwen2api.http.server;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerSink;
import java.util.List;

/** Sends an answer to the client of a request. */
public abstract class ClientSink implements AnswerSink, AnswerOutcome {

    final ClientOutput out;

    ClientSink(ClientOutput out) {
        this.out = out;
    }

    @Override
    public final void leased(AccountId account) {
        out.tried(account.toString());
    }

    @Override
    public final String requestId() {
        return out.requestId();
    }

    @Override
    public final void fallback(String channel) {
        out.fallback(channel);
    }

    @Override
    public final void shortened(List<String> omitted) {
        out.shortened(omitted);
    }

    @Override
    public final String client() {
        return out.client();
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
