package dev.qwen2api.http.routes;

import dev.qwen2api.api.anthropic.MessagesCodec;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.TokenEstimate;
import dev.qwen2api.http.server.AccessLog;
import dev.qwen2api.http.server.RouteAccess;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;
import java.io.InputStream;

/** Anthropic's routes: create a message, and estimate the tokens of one. Thread-safe. */
public final class MessagesRoutes implements Routes {

    /** The path that they begin with. */
    public static final String PREFIX = "/v1/messages";

    /** A header that all of Anthropic's clients send, and no others. */
    public static final String CLIENT_HEADER = "anthropic-version";

    private final String path;
    private final RouteSupport support;
    private final ChatEndpoint chat;
    private final MessagesCodec codec = new MessagesCodec();

    /** @param prefix stands before {@code /v1}; empty for the web channel */
    public MessagesRoutes(String prefix, RouteSupport support, ChatEndpoint chat) {
        this.path = prefix + PREFIX;
        this.support = support;
        this.chat = chat;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        chat.at(path, codec).addTo(table);
        table.post(path + "/count_tokens", this::count, RouteAccess.CLIENT);
    }

    /** An estimate: the upstream counts only what it answers. */
    private void count(Context ctx) throws IOException {
        Conversation conversation;
        try (InputStream body = support.body(ctx)) {
            conversation = codec.conversation(body);
        }
        ctx.attribute(AccessLog.MODEL, conversation.model());
        ctx.contentType("application/json").result("{\"input_tokens\":" + TokenEstimate.of(conversation) + "}");
    }
}
