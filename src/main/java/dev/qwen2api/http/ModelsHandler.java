package dev.qwen2api.http;

import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.openai.ModelsCodec;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The list of models, and one of them. Thread-safe. */
public final class ModelsHandler {

    static final String ID = "id";

    private final Supplier<List<Listing>> models;
    private final ModelsCodec codec;

    public ModelsHandler(Supplier<List<Listing>> models, ModelsCodec codec) {
        this.models = models;
        this.codec = codec;
    }

    void list(Context ctx) {
        ctx.contentType("application/json").result(codec.list(models.get()));
    }

    void one(Context ctx) {
        String id = ctx.pathParam(ID);
        Optional<Listing> found =
                models.get().stream().filter(model -> model.id().equals(id)).findFirst();
        Listing model = found.orElseThrow(() -> Problem.of(
                        Problem.Kind.MODEL_NOT_FOUND, "There is no model of this name. GET /v1/models lists them all.")
                .toException());
        ctx.contentType("application/json").result(codec.one(model));
    }
}
