package dev.qwen2api.api.anthropic;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.ProblemMessage;
import dev.qwen2api.chat.ProblemPrinter;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;

/** Prints a problem as Anthropic's error object. Thread-safe. */
public final class AnthropicErrors implements ProblemPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    @Override
    public byte[] print(Problem problem) {
        return utf8(node(problem).toString());
    }

    @Override
    public byte[] print(Problem problem, String requestId) {
        return utf8(node(problem).put("request_id", requestId).toString());
    }

    @Override
    public boolean announcesLongWaits() {
        return true;
    }

    private static ObjectNode node(Problem problem) {
        ObjectNode root = JSON.createObjectNode().put("type", "error");
        ObjectNode error =
                root.putObject("error").put("type", type(problem.kind())).put("message", message(problem));
        if (problem.kind() == ProblemKind.THREAD_UNSUPPORTED) {
            error.putObject("details")
                    .put("error_code", problem.kind().code())
                    .putArray("unsupported")
                    .add(problem.param().orElse(""));
        }
        return root;
    }

    /** Agents look for these words, and shorten the conversation themselves. */
    private static String message(Problem problem) {
        return problem.kind() == ProblemKind.CONTEXT_LENGTH_EXCEEDED
                ? "prompt is too long: " + ProblemMessage.of(problem)
                : ProblemMessage.of(problem);
    }

    private static String type(ProblemKind kind) {
        if (kind == ProblemKind.OVERLOADED || kind == ProblemKind.SHUTTING_DOWN) {
            return "overloaded_error";
        }
        return switch (kind.status()) {
            case 401 -> "authentication_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            default -> kind.status() < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
