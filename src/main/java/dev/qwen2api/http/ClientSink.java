package dev.qwen2api.http;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerSink;

/** A sink at the end of which there is a real client. */
abstract sealed class ClientSink implements AnswerSink permits JsonSink, SseSink {

    final ClientOutput out;

    ClientSink(ClientOutput out) {
        this.out = out;
    }

    @Override
    public final void leased(AccountId account) {
        out.leased(account);
    }

    @Override
    public final boolean clientGone() {
        return out.clientGone();
    }

    /** Whether nothing more can be sent: the answer is complete, has failed, or nobody is there to take it. */
    final boolean hasEnded() {
        return out.hasEnded();
    }
}
