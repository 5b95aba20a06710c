package dev.qwen2api.http.routes;

import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.chat.ModelsPrinter;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lists the models, and returns one, in OpenAI's format or in Anthropic's or Google's for their clients. Thread-safe.
 */
public final class ModelsRoutes implements Routes {

    private static final String ID = "id";

    private final Supplier<List<Listing>> models;
    private final Function<String, Optional<Listing>> one;
    private final ModelsPrinter openai;
    private final ModelsPrinter anthropic;
    private final ModelsPrinter gemini;

    /**
     * @param models the list
     * @param one finds the model that a name stands for, also one that is not listed
     */
    public ModelsRoutes(
            Supplier<List<Listing>> models,
            Function<String, Optional<Listing>> one,
            ModelsPrinter openai,
            ModelsPrinter anthropic,
            ModelsPrinter gemini) {
        this.models = models;
        this.one = one;
        this.openai = openai;
        this.anthropic = anthropic;
        this.gemini = gemini;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        Routes.read(table, "/models", this::list, RouteAccess.OPEN);
        Routes.read(table, GeminiRoutes.PREFIX + "models", this::list, RouteAccess.CLIENT);
        Routes.read(table, GeminiRoutes.PREFIX + "models/<" + ID + ">", this::one, RouteAccess.CLIENT);
        Routes.read(table, "/v1/models", this::list, RouteAccess.CLIENT);
        Routes.read(table, "/v1/models/<" + ID + ">", this::one, RouteAccess.CLIENT);
    }

    private void list(Context ctx) {
        ctx.contentType("application/json").result(printer(ctx).list(models.get()));
    }

    private void one(Context ctx) {
        Listing model = one.apply(ctx.pathParam(ID))
                .orElseThrow(() -> Problem.of(
                                ProblemKind.MODEL_NOT_FOUND,
                                "There is no model of this name. GET /v1/models lists them all.")
                        .toException());
        ctx.contentType("application/json").result(printer(ctx).one(model));
    }

    private ModelsPrinter printer(Context ctx) {
        if (ctx.path().startsWith(GeminiRoutes.PREFIX) || ctx.header(GeminiRoutes.CLIENT_HEADER) != null) {
            return gemini;
        }
        return ctx.header(MessagesRoutes.CLIENT_HEADER) == null ? openai : anthropic;
    }
}
