package dev.qwen2api.http.routes;

import dev.qwen2api.api.openai.ModelsCodec;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.http.server.RouteAccess;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.http.server.Server;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.List;

/** The routes of the CLI channel. Thread-safe. */
public final class CliRoutes implements Routes {

    private final Handler chat;
    private final List<Listing> models;
    private final ModelsCodec codec = new ModelsCodec("qwen-code");

    /**
     * @param models what the channel can be asked for
     */
    public CliRoutes(Handler chat, List<Listing> models) {
        this.chat = chat;
        this.models = List.copyOf(models);
    }

    /** The list is asked for with POST and needs no key there; GET is what OpenAI's clients send, with theirs. */
    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post("/cli/v1/chat/completions", chat, RouteAccess.CLIENT);
        table.post("/cli/v1/models", this::list, RouteAccess.OPEN);
        Server.read(table, "/cli/v1/models", this::list, RouteAccess.CLIENT);
    }

    private void list(Context ctx) {
        ctx.contentType("application/json").result(codec.list(models));
    }
}
