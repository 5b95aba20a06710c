package dev.qwen2api.http.routes;

import dev.qwen2api.api.openai.responses.Earlier;
import dev.qwen2api.api.openai.responses.HeldResponse;
import dev.qwen2api.api.openai.responses.Owner;
import dev.qwen2api.api.openai.responses.ResponseBodyPrinter;
import dev.qwen2api.api.openai.responses.ResponseBrief;
import dev.qwen2api.api.openai.responses.ResponseCache;
import dev.qwen2api.api.openai.responses.ResponseEventPrinter;
import dev.qwen2api.api.openai.responses.ResponseHead;
import dev.qwen2api.api.openai.responses.ResponsesCodec;
import dev.qwen2api.api.openai.responses.ResponsesRequest;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.AccessLog;
import dev.qwen2api.http.server.ApiKeys;
import dev.qwen2api.http.server.RouteAccess;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.http.server.Server;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;

/** OpenAI's Responses API: makes responses, and shows and forgets those that are still held. Thread-safe. */
public final class ResponsesRoutes implements Routes {

    private static final String PATH = "/v1/responses";
    private static final String ID = "id";

    private final String path;
    private final RouteSupport desk;
    private final Answers answers;
    private final ResponseCache shelf;
    private final InstantSource clock;
    private final ResponsesCodec codec = new ResponsesCodec();

    /** @param prefix stands before {@code /v1}; empty for the web channel */
    public ResponsesRoutes(
            String prefix, RouteSupport desk, Answers answers, ResponseCache shelf, InstantSource clock) {
        this.path = prefix + PATH;
        this.desk = desk;
        this.answers = answers;
        this.shelf = shelf;
        this.clock = clock;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post(path, this::create, RouteAccess.CLIENT);
        Server.read(table, path + "/{" + ID + "}", this::show, RouteAccess.CLIENT);
        table.delete(path + "/{" + ID + "}", this::forget, RouteAccess.CLIENT);
    }

    private void create(Context ctx) throws IOException {
        Owner owner = owner(ctx);
        ResponsesRequest request = read(ctx, id -> shelf.find(owner, id));
        ctx.attribute(AccessLog.MODEL, request.conversation().model());
        var brief = new ResponseBrief(
                ResponseHead.fresh(clock.instant()), request, clock, response -> shelf.put(owner, response));
        Call.Form form = request.stream()
                ? new Call.Stream(new ResponseEventPrinter(brief))
                : new Call.Whole(new ResponseBodyPrinter(brief));
        answers.answer(ctx, new Call(request.conversation(), form));
    }

    private ResponsesRequest read(Context ctx, Earlier earlier) throws IOException {
        try (InputStream body = desk.body(ctx)) {
            return codec.read(body, earlier);
        }
    }

    private void show(Context ctx) {
        if ("true".equals(ctx.queryParam("stream"))) {
            throw Problem.invalid("stream", "A response that is held is shown whole: leave out 'stream'.")
                    .toException();
        }
        HeldResponse held = shelf.find(owner(ctx), ctx.pathParam(ID))
                .orElseThrow(() -> notHeld().toException());
        send(ctx, held.body());
    }

    private void forget(Context ctx) {
        String id = ctx.pathParam(ID);
        if (!shelf.remove(owner(ctx), id)) {
            throw notHeld().toException();
        }
        send(ctx, "{\"id\":\"" + id + "\",\"object\":\"response\",\"deleted\":true}");
    }

    private static void send(Context ctx, String json) {
        ctx.header("Cache-Control", "no-store").contentType("application/json").result(json);
    }

    private static Owner owner(Context ctx) {
        String key = ctx.attribute(ApiKeys.KEY);
        return new Owner(key == null ? "" : key);
    }

    private static Problem notHeld() {
        return Problem.of(
                ProblemKind.NOT_FOUND,
                "No response of this name is held for this key. Responses are held in memory for a while, and only with"
                        + " 'store' true.");
    }
}
