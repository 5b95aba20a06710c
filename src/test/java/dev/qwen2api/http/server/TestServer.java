package dev.qwen2api.http.server;

import dev.qwen2api.api.anthropic.AnthropicModels;
import dev.qwen2api.api.gemini.GeminiModels;
import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.openai.ModelsCodec;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.http.routes.ChatEndpoint;
import dev.qwen2api.http.routes.Dashboard;
import dev.qwen2api.http.routes.ModelsRoutes;
import dev.qwen2api.http.routes.VerifyRoute;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A real server on a free port of the loopback interface, with a domain made by the test. */
final class TestServer implements AutoCloseable {

    static final String KEY = "sk-test-key";
    static final int MAX_BODY = 64 * 1024;
    static final HttpLimits LIMITS =
            new HttpLimits(MAX_BODY, 40, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(5));

    static final List<Listing> MODELS =
            List.of(new Listing("qwen-max", Instant.EPOCH), new Listing("qwen/with slash", Instant.EPOCH));

    final ApiKeys keys = new ApiKeys(KeySet.of(List.of(KEY, "sk-second")));
    final Cors cors = new Cors(List.of("*"));
    final RouteSupport desk;
    private final Server server;

    TestServer(ChatEndpoint.Answerer chats) {
        this(chats, LIMITS);
    }

    TestServer(ChatEndpoint.Answerer chats, HttpLimits limits, Routes... further) {
        this(Wire::read, chats, limits, further);
    }

    TestServer(ClientRequest.Reader reader, ChatEndpoint.Answerer chats, HttpLimits limits, Routes... further) {
        this(reader, chats, limits, desk -> List.of(further));
    }

    /** Routes that need the desk they are behind. */
    TestServer(
            ClientRequest.Reader reader,
            ChatEndpoint.Answerer chats,
            HttpLimits limits,
            Function<RouteSupport, List<Routes>> further) {
        desk = new RouteSupport(
                limits, new Dialects(Wire::problem, Map.of("/verify", VerifyRoute::print), Map.of()), System::nanoTime);
        var routes = new ArrayList<Routes>();
        routes.add(new Dashboard());
        routes.add(new ModelsRoutes(
                () -> MODELS,
                name -> MODELS.stream().filter(model -> model.id().equals(name)).findFirst(),
                new ModelsCodec(),
                new AnthropicModels(),
                new GeminiModels()));
        routes.add(new VerifyRoute(desk, keys));
        routes.add(new ChatEndpoint(desk, chats).at("/v1/chat/completions", reader));
        routes.addAll(further.apply(desk));
        server = new Server(desk, new Server.Guards(cors, keys), routes);
        server.start("127.0.0.1", 0);
    }

    int port() {
        return server.port();
    }

    RawClient client() throws IOException {
        return new RawClient(port());
    }

    @Override
    public void close() {
        server.close();
    }
}
