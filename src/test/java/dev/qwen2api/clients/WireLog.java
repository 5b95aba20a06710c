package dev.qwen2api.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Request;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes what the stand-in was sent, one JSON object a line, oldest first: {@code at}, {@code route}, {@code path},
 * {@code account} and the body as {@code json} or {@code text}. Headers, which hold credentials, are left out.
 */
public final class WireLog {
    private static final JsonMapper JSON = new JsonMapper();

    private WireLog() {}

    static void write(FakeQwen fake, Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file, UTF_8)) {
            for (JsonNode line : lines(fake)) {
                out.write(JSON.writeValueAsString(line));
                out.write('\n');
            }
        }
    }

    /** The lines of such a log. */
    public static List<JsonNode> lines(FakeQwen fake) {
        return fake.recorder().requests().stream().<JsonNode>map(WireLog::line).toList();
    }

    private static ObjectNode line(Request request) {
        Endpoint route = route(request);
        ObjectNode line = JSON.createObjectNode();
        line.put("at", request.at().toString()).put("route", route.name());
        line.put("path", request.path()).put("account", request.userId().orElse(""));
        request.query("chat_id").ifPresent(chat -> line.put("chat", chat));
        boolean plain = route == Endpoint.OSS_PUT || request.json().isMissingNode();
        if (plain) {
            return line.put("text", request.text());
        }
        line.set("json", request.json());
        return line;
    }

    private static Endpoint route(Request request) {
        return Endpoint.of(request.method(), request.path());
    }
}
