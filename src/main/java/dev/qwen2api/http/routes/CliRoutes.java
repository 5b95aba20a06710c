package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.api.openai.ErrorCodec;
import dev.qwen2api.api.openai.ModelsCodec;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The CLI channel's own routes: its list of models. Thread-safe. */
public final class CliRoutes implements Routes {

    /** Where all routes of the channel begin. */
    public static final String PREFIX = "/cli";

    private final List<Listing> models;
    private final ModelsCodec codec = new ModelsCodec("qwen-code");

    public CliRoutes(List<Listing> models) {
        this.models = List.copyOf(models);
    }

    /** Prints a problem as OpenAI's error object; the lack of an account is the reference's bare sentence. */
    public static byte[] print(Problem problem) {
        return problem.kind() == ProblemKind.NO_ACCOUNT
                ? JsonNodeFactory.instance
                        .objectNode()
                        .put("error", WellFormedText.text(problem.message()))
                        .toString()
                        .getBytes(StandardCharsets.UTF_8)
                : new ErrorCodec().print(problem);
    }

    /** The reference lists the models by POST without a key; OpenAI's clients use GET with theirs. */
    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post(PREFIX + "/v1/models", this::list, RouteAccess.OPEN);
        Routes.read(table, PREFIX + "/v1/models", this::list, RouteAccess.CLIENT);
    }

    private void list(Context ctx) {
        ctx.contentType("application/json").result(codec.list(models));
    }
}
