package dev.qwen2api.http.routes;

import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.chat.ModelsPrinter;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The list of models, and one of them, in OpenAI's shape, or in Anthropic's for its clients. Thread-safe. */
public final class ModelsHandler {

    public static final String ID = "id";

    private final Supplier<List<Listing>> models;
    private final ModelsPrinter openai;
    private final ModelsPrinter anthropic;

    public ModelsHandler(Supplier<List<Listing>> models, ModelsPrinter openai, ModelsPrinter anthropic) {
        this.models = models;
        this.openai = openai;
        this.anthropic = anthropic;
    }

    public void list(Context ctx) {
        ctx.contentType("application/json").result(printer(ctx).list(models.get()));
    }

    public void one(Context ctx) {
        String id = ctx.pathParam(ID);
        Optional<Listing> found =
                models.get().stream().filter(model -> model.id().equals(id)).findFirst();
        Listing model = found.orElseThrow(() -> Problem.of(
                        ProblemKind.MODEL_NOT_FOUND, "There is no model of this name. GET /v1/models lists them all.")
                .toException());
        ctx.contentType("application/json").result(printer(ctx).one(model));
    }

    private ModelsPrinter printer(Context ctx) {
        return ctx.header(MessagesRoutes.CLIENT_HEADER) == null ? openai : anthropic;
    }
}
