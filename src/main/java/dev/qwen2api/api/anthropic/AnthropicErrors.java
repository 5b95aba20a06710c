package dev.qwen2api.api.anthropic;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.ProblemMessage;
import dev.qwen2api.chat.ProblemPrinter;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.nio.charset.StandardCharsets;

/** Prints a problem as Anthropic's error object. Thread-safe. */
public final class AnthropicErrors implements ProblemPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    @Override
    public byte[] print(Problem problem) {
        return bytes(node(problem));
    }

    @Override
    public byte[] print(Problem problem, String requestId) {
        return bytes(node(problem).put("request_id", requestId));
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

    private static byte[] bytes(ObjectNode root) {
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Agents look for these words, and shorten the conversation themselves. */
    private static String message(Problem problem) {
        return problem.kind() == ProblemKind.CONTEXT_LENGTH_EXCEEDED
                ? "prompt is too long: " + ProblemMessage.of(problem)
                : ProblemMessage.of(problem);
    }

    private static String type(ProblemKind kind) {
        return switch (kind) {
            case INVALID_API_KEY -> "authentication_error";
            case INVALID_REQUEST,
                    PREVIOUS_RESPONSE_NOT_FOUND,
                    REQUEST_TOO_DEEP,
                    UNSUPPORTED_ENCODING,
                    THREAD_UNSUPPORTED,
                    REQUEST_TIMEOUT,
                    METHOD_NOT_ALLOWED,
                    CONTENT_FILTER,
                    CONTEXT_LENGTH_EXCEEDED -> "invalid_request_error";
            case REQUEST_TOO_LARGE -> "request_too_large";
            case NOT_FOUND, MODEL_NOT_FOUND -> "not_found_error";
            case RATE_LIMITED, QUOTA_EXHAUSTED -> "rate_limit_error";
            case OVERLOADED, SHUTTING_DOWN -> "overloaded_error";
            case UPSTREAM_TIMEOUT -> "timeout_error";
            case NO_ACCOUNT, VERIFICATION_REQUIRED, SESSION_EXPIRED, UPSTREAM_ERROR, INTERNAL -> "api_error";
        };
    }
}
