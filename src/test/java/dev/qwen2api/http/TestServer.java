package dev.qwen2api.http;

import dev.qwen2api.chat.ModelDirectory.Listing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A real server on a free port of the loopback interface, with a domain made by the test. */
final class TestServer implements AutoCloseable {

    static final String KEY = "sk-test-key";
    static final int MAX_BODY = 64 * 1024;
    static final HttpLimits LIMITS =
            new HttpLimits(MAX_BODY, 40, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(5));

    final ApiKeys keys = new ApiKeys(KeySet.of(List.of(KEY, "sk-second")));
    final Cors cors = new Cors(List.of("*"));
    final FrontDesk desk;
    private final Server server;

    TestServer(Chats chats) {
        this(chats, LIMITS);
    }

    TestServer(Chats chats, HttpLimits limits, Routes... further) {
        desk = new FrontDesk(
                limits, new Dialects(Wire::problem, Map.of("/verify", VerifyHandler::print)), System::nanoTime);
        var models = new ModelsHandler(
                () -> List.of(new Listing("qwen-max", Instant.EPOCH), new Listing("qwen/with slash", Instant.EPOCH)),
                new Names());
        var chat = new ChatHandler(desk, Wire::read, new Answers(desk, chats));
        server = new Server(
                desk,
                new Server.Doors(cors, keys),
                new Server.Handlers(chat, models, new VerifyHandler(desk, keys)),
                List.of(further));
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

    private static final class Names implements ModelsHandler.Printer {
        @Override
        public byte[] list(List<Listing> models) {
            return bytes(models.stream().map(Listing::id).collect(Collectors.joining("\",\"", "[\"", "\"]")));
        }

        @Override
        public byte[] one(Listing model) {
            return bytes("\"" + model.id() + "\"");
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
