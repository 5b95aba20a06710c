package dev.qwen2api.api.gemini;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.ProblemMessage;
import dev.qwen2api.chat.ProblemPrinter;
import dev.qwen2api.failure.Problem;

/** Prints a problem as Google's error object. Thread-safe. */
public final class GeminiErrors implements ProblemPrinter {

    private static final String TYPES = "type.googleapis.com/google.rpc.";

    @Override
    public byte[] print(Problem problem) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode error = root.putObject("error")
                .put("code", problem.kind().status())
                .put("message", ProblemMessage.of(problem))
                .put("status", status(problem.kind().status()));
        ArrayNode details = error.putArray("details");
        details.addObject()
                .put("@type", TYPES + "ErrorInfo")
                .put("reason", problem.kind().code())
                .put("domain", "qwen2api");
        problem.announcedWait()
                .ifPresent(wait -> details.addObject()
                        .put("@type", TYPES + "RetryInfo")
                        .put("retryDelay", Problem.seconds(wait) + "s"));
        problem.param()
                .ifPresent(param -> details.addObject()
                        .put("@type", TYPES + "BadRequest")
                        .putArray("fieldViolations")
                        .addObject()
                        .put("field", param)
                        .put("description", problem.message()));
        return utf8(root.toString());
    }

    /** Google's name of an HTTP status. */
    private static String status(int http) {
        return switch (http) {
            case 401 -> "UNAUTHENTICATED";
            case 404 -> "NOT_FOUND";
            case 405 -> "UNIMPLEMENTED";
            case 408, 504 -> "DEADLINE_EXCEEDED";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 500 -> "INTERNAL";
            case 502, 503 -> "UNAVAILABLE";
            default -> "INVALID_ARGUMENT";
        };
    }
}
