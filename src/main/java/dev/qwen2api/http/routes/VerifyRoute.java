package dev.qwen2api.http.routes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.http.server.ApiKeys;
import dev.qwen2api.http.server.KeySet.Grant;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Checks whether a key is one of this gateway's. Open to everybody, so its bodies are short. Thread-safe. */
public final class VerifyRoute implements Routes {

    private static final int LONGEST = 8192;
    private static final JsonMapper JSON = new JsonMapper();

    private final RouteSupport support;
    private final ApiKeys keys;

    public VerifyRoute(RouteSupport support, ApiKeys keys) {
        this.support = support;
        this.keys = keys;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post("/verify", this::verify, RouteAccess.OPEN);
    }

    private void verify(Context ctx) throws IOException {
        JsonNode key = read(ctx).path("apiKey");
        if (!key.isTextual()) {
            throw malformed("The body must be {\"apiKey\": \"...\"}.");
        }
        Grant grant = keys.grant(ctx, key.textValue());
        if (grant == Grant.NONE) {
            ctx.status(401).contentType("application/json").result(print(401, "Unauthorized"));
            return;
        }
        ObjectNode answer = answer(200, "success").put("isAdmin", grant == Grant.ADMIN);
        ctx.contentType("application/json").result(answer.toString());
    }

    private JsonNode read(Context ctx) throws IOException {
        try (InputStream body = support.body(ctx, LONGEST)) {
            return JSON.readTree(body);
        } catch (JsonProcessingException malformed) {
            throw malformed("The body is not valid JSON: it must be {\"apiKey\": \"...\"}.");
        }
    }

    private static ProblemException malformed(String message) {
        return Problem.invalid("apiKey", message).toException();
    }

    /** Prints a refusal in the shape of this route. */
    public static byte[] print(Problem problem) {
        return print(problem.kind().status(), problem.message());
    }

    private static byte[] print(int status, String message) {
        return answer(status, message).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode answer(int status, String message) {
        return JSON.createObjectNode().put("status", status).put("message", message);
    }
}
