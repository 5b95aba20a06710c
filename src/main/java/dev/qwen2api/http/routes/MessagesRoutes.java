package dev.qwen2api.http.routes;

import dev.qwen2api.api.anthropic.MessagesCodec;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.TokenEstimate;
import dev.qwen2api.http.server.AccessLog;
import dev.qwen2api.http.server.RouteAccess;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;
import java.io.InputStream;

/** Anthropic's routes: a message, and what one would cost to read. Thread-safe. */
public final class MessagesRoutes implements Routes {

    /** Where they begin. */
    public static final String PREFIX = "/v1/messages";

    /** A header that all of Anthropic's clients send, and nobody else. */
    public static final String CLIENT_HEADER = "anthropic-version";

    private final String path;
    private final RouteSupport desk;
    private final MessagesCodec codec;
    private final Handler messages;

    /** @param prefix stands before {@code /v1}; empty for the web channel */
    public MessagesRoutes(String prefix, RouteSupport desk, MessagesCodec codec, Answers answers) {
        this.path = prefix + PREFIX;
        this.desk = desk;
        this.codec = codec;
        this.messages = new ChatHandler(desk, new AnthropicChat(codec), answers);
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post(path, messages, RouteAccess.CLIENT);
        table.post(path + "/count_tokens", this::count, RouteAccess.CLIENT);
    }

    /** An estimate: the upstream counts only what it answers. */
    private void count(Context ctx) throws IOException {
        Conversation conversation;
        try (InputStream body = desk.body(ctx)) {
            conversation = codec.read(body).conversation();
        }
        ctx.attribute(AccessLog.MODEL, conversation.model());
        ctx.contentType("application/json").result("{\"input_tokens\":" + TokenEstimate.of(conversation) + "}");
    }
}
