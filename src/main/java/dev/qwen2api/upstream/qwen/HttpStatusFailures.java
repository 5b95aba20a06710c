package dev.qwen2api.upstream.qwen;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.util.Optional;

/** What an HTTP status says by itself, where the body named nothing that is known. Pure. */
final class HttpStatusFailures {

    private HttpStatusFailures() {}

    /**
     * The failure that a status stands for.
     *
     * @param code the upstream's code for it; may be empty
     * @return empty for a status that says nothing of its own: success, and the catch-alls 400 and 5xx
     */
    static Optional<Failure> of(int status, String code) {
        String source = " (HTTP " + status + (code.isEmpty() ? ")" : ", " + code + ")");
        return switch (status) {
            case 401 -> failure(FailureKind.EXPIRED, "the service calls its token dead" + source);
            case 403 -> failure(FailureKind.FORBIDDEN, "the service does not let it in" + source);
            case 404 -> failure(FailureKind.MODEL_GONE, "the service does not have this model" + source);
            case 405 -> failure(FailureKind.CHALLENGED, "the service blocks this network" + source);
            case 407 -> failure(FailureKind.UNREACHABLE, "the proxy asks for a login" + source + "; check PROXY_URL");
            case 413 -> failure(FailureKind.TOO_LONG, "the prompt is longer than the service takes" + source);
            case 422 -> failure(FailureKind.BAD_INPUT, "the service refuses the request" + source);
            case 429 -> Optional.of(Failure.rateLimited(Duration.ZERO, "the service asks for a pause" + source));
            default -> Optional.empty();
        };
    }

    private static Optional<Failure> failure(FailureKind kind, String detail) {
        return Optional.of(Failure.of(kind, detail));
    }
}
