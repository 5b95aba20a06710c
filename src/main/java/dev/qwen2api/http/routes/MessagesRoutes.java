package dev.qwen2api.http.routes;

import dev.qwen2api.api.anthropic.MessagesCodec;
import dev.qwen2api.http.server.Routes;
import io.javalin.router.JavalinDefaultRoutingApi;

/** Anthropic's routes: create a message, and estimate the tokens of one. Thread-safe. */
public final class MessagesRoutes implements Routes {

    /** The path that they begin with. */
    public static final String PREFIX = "/v1/messages";

    /** A header that all of Anthropic's clients send, and no others. */
    public static final String CLIENT_HEADER = "anthropic-version";

    private final String path;
    private final ChatEndpoint chat;
    private final MessagesCodec codec = new MessagesCodec();

    /** @param prefix stands before {@code /v1}; empty for the web channel */
    public MessagesRoutes(String prefix, ChatEndpoint chat) {
        this.path = prefix + PREFIX;
        this.chat = chat;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        chat.at(path, codec).addTo(table);
        table.post(
                path + "/count_tokens",
                ctx -> chat.count(ctx, "input_tokens", codec::conversation),
                RouteAccess.CLIENT);
    }
}
