package dev.qwen2api.http.routes;

import dev.qwen2api.api.openai.ErrorCodec;
import dev.qwen2api.api.openai.responses.ResponseCache;
import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import dev.qwen2api.api.openai.responses.ResponsesCodec;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.TokenEstimate;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.ApiKeys;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;

/** OpenAI's Responses API: creates responses, and returns and deletes those in the cache. Thread-safe. */
public final class ResponsesRoutes implements Routes {

    private static final String PATH = "/v1/responses";
    private static final String ID = "id";

    private final String path;
    private final ChatEndpoint chat;
    private final ResponseCache cache;
    private final ResponsesCodec codec;

    /** @param prefix stands before {@code /v1}; empty for the web channel */
    public ResponsesRoutes(String prefix, ChatEndpoint chat, ResponseCache cache, InstantSource clock) {
        this.path = prefix + PATH;
        this.chat = chat;
        this.cache = cache;
        this.codec = new ResponsesCodec(clock);
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post(path, this::create, RouteAccess.CLIENT);
        table.post(path + "/compact", this::compact, RouteAccess.CLIENT);
        table.post(path + "/input_tokens", this::count, RouteAccess.CLIENT);
        table.get(path, ResponsesRoutes::refuseUpgrade, RouteAccess.CLIENT);
        Routes.read(table, path + "/{" + ID + "}", this::get, RouteAccess.CLIENT);
        table.delete(path + "/{" + ID + "}", this::delete, RouteAccess.CLIENT);
    }

    private void create(Context ctx) throws IOException {
        ResponseCache.OwnedResponses owned = owned(ctx);
        chat.handle(ctx, body -> codec.read(body, owned));
    }

    private void compact(Context ctx) throws IOException {
        ResponseCache.OwnedResponses owned = owned(ctx);
        chat.handle(ctx, body -> codec.readCompaction(body, owned));
    }

    private void count(Context ctx) throws IOException {
        ResponseCache.OwnedResponses owned = owned(ctx);
        Conversation conversation = chat.counted(ctx, body -> codec.counted(body, owned));
        ctx.contentType("application/json")
                .result("{\"object\":\"response.input_tokens\",\"input_tokens\":" + TokenEstimate.of(conversation)
                        + "}");
    }

    /**
     * Agents that prefer a WebSocket fall back to HTTP at once when the probe is answered with 426, and retry
     * otherwise.
     */
    private static void refuseUpgrade(Context ctx) {
        if (!"websocket".equalsIgnoreCase(ctx.header("Upgrade"))) {
            throw new MethodNotAllowedResponse("", Map.of("allowed", "POST"));
        }
        Problem problem = Problem.of(
                ProblemKind.INVALID_REQUEST,
                "There is no WebSocket at this path. Send the request with POST over HTTP.");
        ctx.status(426)
                .header("Upgrade", "HTTP/1.1")
                .contentType("application/json")
                .result(new ErrorCodec().print(problem));
    }

    private void get(Context ctx) {
        if ("true".equals(ctx.queryParam("stream"))) {
            throw Problem.invalid("stream", "A stored response cannot be streamed: leave out 'stream'.")
                    .toException();
        }
        StoredResponse stored =
                owned(ctx).find(ctx.pathParam(ID)).orElseThrow(() -> notStored().toException());
        send(ctx, stored.body());
    }

    private void delete(Context ctx) {
        String id = ctx.pathParam(ID);
        if (!owned(ctx).remove(id)) {
            throw notStored().toException();
        }
        send(ctx, "{\"id\":\"" + id + "\",\"object\":\"response\",\"deleted\":true}");
    }

    private static void send(Context ctx, String json) {
        ctx.header("Cache-Control", "no-store").contentType("application/json").result(json);
    }

    private ResponseCache.OwnedResponses owned(Context ctx) {
        return cache.ownedBy(ApiKeys.owner(ctx));
    }

    private static Problem notStored() {
        return Problem.of(
                ProblemKind.NOT_FOUND,
                "No response of this id is stored for this key. Responses are kept in memory for a while, and only with"
                        + " 'store' true.");
    }
}
