package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.QwenClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** Answers through a service that speaks OpenAI's API; tool calls are native. Thread-safe. */
final class CompatibleChannel implements Channel {

    private final QwenClient client;
    private final CompatibleService service;
    private final Clock clock;

    CompatibleChannel(QwenClient client, CompatibleService service, Clock clock) {
        this.client = client;
        this.service = service;
        this.clock = clock;
    }

    @Override
    public AnswerStream open(ResolvedConversation conversation, Account account) throws UpstreamException {
        ObjectNode body = CompatibleRequestWriter.body(conversation);
        service.adapt(body);
        // By way of a string: the byte generator fails on half a surrogate pair.
        byte[] json = body.toString().getBytes(StandardCharsets.UTF_8);
        return new CompatibleStream(service.authorize(account), () -> new CompatibleCall(client, service, json), clock);
    }
}
