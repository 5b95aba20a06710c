package dev.qwen2api.http.routes;

import dev.qwen2api.api.openai.ChatCodec;
import dev.qwen2api.api.openai.ChatRequest;
import dev.qwen2api.api.openai.ChunkPrinter;
import dev.qwen2api.api.openai.CompletionHead;
import dev.qwen2api.api.openai.CompletionPrinter;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.UUID;

/** Reads chat requests in OpenAI's dialect, and has them answered in it. Thread-safe. */
public final class OpenAiChat implements Call.Reader {

    private final ChatCodec codec;
    private final InstantSource clock;

    public OpenAiChat(ChatCodec codec, InstantSource clock) {
        this.codec = codec;
        this.clock = clock;
    }

    @Override
    public Call read(InputStream body) throws IOException {
        ChatRequest request = codec.read(body);
        var head = new CompletionHead(
                "chatcmpl-" + UUID.randomUUID().toString().replace("-", ""),
                clock.instant(),
                request.conversation().model());
        return new Call(
                request.conversation(),
                request.stream()
                        ? new Call.Stream(new ChunkPrinter(head, request.includeUsage()))
                        : new Call.Whole(new CompletionPrinter(head)));
    }
}
