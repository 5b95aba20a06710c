package dev.qwen2api.http.routes;

import dev.qwen2api.api.anthropic.MessageEventPrinter;
import dev.qwen2api.api.anthropic.MessageHead;
import dev.qwen2api.api.anthropic.MessagePrinter;
import dev.qwen2api.api.anthropic.MessagesCodec;
import dev.qwen2api.api.anthropic.MessagesRequest;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.TokenEstimate;
import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;

/** Reads chat requests in Anthropic's dialect, and has them answered in it. Thread-safe. */
public final class AnthropicChat implements Call.Reader {

    private final MessagesCodec codec;

    public AnthropicChat(MessagesCodec codec) {
        this.codec = codec;
    }

    @Override
    public Call read(InputStream body) throws IOException {
        MessagesRequest request = codec.read(body);
        MessageHead head = head(request.conversation());
        return new Call(
                request.conversation(),
                request.stream()
                        ? new Call.Stream(new MessageEventPrinter(head))
                        : new Call.Whole(new MessagePrinter(head)));
    }

    private static MessageHead head(Conversation conversation) {
        return new MessageHead(
                "msg_" + UUID.randomUUID().toString().replace("-", ""),
                conversation.model(),
                TokenEstimate.of(conversation),
                conversation
                        .options()
                        .chatType()
                        .filter(ChatType.SEARCH::equals)
                        .isPresent());
    }
}
