package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.chat.RelayRequest;
import dev.qwen2api.http.server.ClientOutput;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** Has the web channel answer a request of the CLI route, and says so in a header. Thread-safe. */
public final class WebFallback {

    /** Tells the client which channel has served it; absent where it was the CLI channel itself. */
    static final String HEADER = "X-Qwen2API-Channel";

    private final ClientRequest.Reader reader;
    private final ChatEndpoint answers;
    private final Supplier<List<Listing>> models;

    /**
     * @param models what the web channel can be asked for
     */
    public WebFallback(ClientRequest.Reader reader, ChatEndpoint answers, Supplier<List<Listing>> models) {
        this.reader = reader;
        this.answers = answers;
        this.models = models;
    }

    /**
     * Answers {@code request}. The header is missing where heartbeats have spent the headers already.
     *
     * @param out how far the response has come
     * @throws dev.qwen2api.failure.ProblemException when the web channel cannot take such a request
     */
    void answer(Context ctx, RelayRequest request, ClientOutput out) throws IOException, InterruptedException {
        if (!out.hasBegun()) {
            ctx.res().setHeader(HEADER, "web");
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.setAll(request.body());
        body.put("model", nameOnTheWeb(request.model()));
        byte[] json = body.toString().getBytes(StandardCharsets.UTF_8);
        answers.answer(reader.read(new ByteArrayInputStream(json)), out);
    }

    /** The portal has names of its own; the lasting names of the web channel stand for what comes nearest. */
    private String nameOnTheWeb(String model) {
        return switch (model) {
            case "coder-model", "qwen3-coder-plus" -> firstKnown(model, "qwen3-coder-plus", "qwen-max");
            case "qwen3-coder-flash" -> firstKnown(model, "qwen-turbo");
            case "vision-model" -> firstKnown(model, "qwen-plus");
            default -> model;
        };
    }

    private String firstKnown(String... names) {
        List<String> known = models.get().stream().map(Listing::id).toList();
        return List.of(names).stream().filter(known::contains).findFirst().orElse(names[names.length - 1]);
    }
}
