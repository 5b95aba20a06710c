package dev.qwen2api.http.routes;

import dev.qwen2api.api.gemini.GeminiCodec;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;

/**
 * Gemini's routes, whose last segment names a model and a method: {@code models/NAME:METHOD}. Newer clients use
 * {@code v1} in place of {@code v1beta}. Thread-safe.
 */
public final class GeminiRoutes implements Routes {

    /** The path that they begin with. */
    public static final String PREFIX = "/v1beta/";

    /** A header that Google's clients send their key in. */
    public static final String CLIENT_HEADER = "x-goog-api-key";

    private static final String CALL = "call";

    private final ChatEndpoint chat;
    private final GeminiCodec codec = new GeminiCodec();

    public GeminiRoutes(ChatEndpoint chat) {
        this.chat = chat;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post(PREFIX + "models/<" + CALL + ">", this::handle, RouteAccess.CLIENT);
        table.post("/v1/models/<" + CALL + ">", this::handle, RouteAccess.CLIENT);
    }

    private void handle(Context ctx) throws IOException {
        String call = ctx.pathParam(CALL);
        int colon = call.lastIndexOf(':');
        String model = call.substring(0, Math.max(0, colon));
        switch (model.isEmpty() ? "" : call.substring(colon + 1)) {
            case "generateContent" -> chat.handle(ctx, codec.generation(model, false));
            case "streamGenerateContent" -> stream(ctx, model);
            case "countTokens" -> chat.count(ctx, "totalTokens", body -> codec.counted(model, body));
            default ->
                throw Problem.of(
                                ProblemKind.NOT_FOUND,
                                "There are models/NAME:generateContent, :streamGenerateContent?alt=sse and"
                                        + " :countTokens.")
                        .toException();
        }
    }

    private void stream(Context ctx, String model) throws IOException {
        if (!"sse".equals(ctx.queryParam("alt"))) {
            throw Problem.invalid("alt", "A stream is sent as events alone: add '?alt=sse'.")
                    .toException();
        }
        chat.handle(ctx, codec.generation(model, true));
    }
}
