package dev.qwen2api.failure;

import java.time.Duration;
import java.util.Optional;

/**
 * What a client is told when it does not get what it asked for; each dialect prints it in its own shape.
 *
 * @param kind decides the HTTP status and the machine-readable code
 * @param message what happened, to which account, and what to do next; holds no secret
 * @param param the request field at fault, where one is
 * @param retryAfter when trying again makes sense, where that is known
 */
public record Problem(Kind kind, String message, Optional<String> param, Optional<Duration> retryAfter) {

    /** The catalogue of answers to failure: one row per case, with its HTTP status, OpenAI type and code. */
    public enum Kind {
        INVALID_API_KEY(401, "invalid_request_error", "invalid_api_key"),
        INVALID_REQUEST(400, "invalid_request_error", "invalid_request_error"),
        REQUEST_TIMEOUT(408, "invalid_request_error", "request_timeout"),
        REQUEST_TOO_LARGE(413, "invalid_request_error", "request_too_large"),
        REQUEST_TOO_DEEP(400, "invalid_request_error", "request_too_large"),
        NOT_FOUND(404, "invalid_request_error", "not_found"),
        PREVIOUS_RESPONSE_NOT_FOUND(400, "invalid_request_error", "previous_response_not_found"),
        METHOD_NOT_ALLOWED(405, "invalid_request_error", "method_not_allowed"),
        MODEL_NOT_FOUND(404, "invalid_request_error", "model_not_found"),
        NO_ACCOUNT(503, "service_unavailable_error", "no_account"),
        RATE_LIMITED(429, "rate_limit_error", "rate_limit_exceeded"),
        VERIFICATION_REQUIRED(503, "service_unavailable_error", "verification_required"),
        SESSION_EXPIRED(503, "service_unavailable_error", "session_expired"),
        CONTENT_FILTER(400, "invalid_request_error", "content_filter"),
        CONTEXT_LENGTH_EXCEEDED(400, "invalid_request_error", "context_length_exceeded"),
        UPSTREAM_TIMEOUT(504, "upstream_error", "upstream_timeout"),
        UPSTREAM_ERROR(502, "upstream_error", "upstream_error"),
        SHUTTING_DOWN(503, "service_unavailable_error", "shutting_down"),
        OVERLOADED(503, "service_unavailable_error", "overloaded"),
        INTERNAL(500, "server_error", "internal_error");

        private final int status;
        private final String type;
        private final String code;

        Kind(int status, String type, String code) {
            this.status = status;
            this.type = type;
            this.code = code;
        }

        /** HTTP status, 400 to 599. */
        public int status() {
            return status;
        }

        /** OpenAI's {@code error.type}. */
        public String type() {
            return type;
        }

        /** OpenAI's {@code error.code}. */
        public String code() {
            return code;
        }
    }

    public static Problem of(Kind kind, String message) {
        return new Problem(kind, message, Optional.empty(), Optional.empty());
    }

    /** A request that is wrong in the field {@code param}. */
    public static Problem invalid(String param, String message) {
        return new Problem(Kind.INVALID_REQUEST, message, Optional.of(param), Optional.empty());
    }

    public static Problem retryable(Kind kind, String message, Duration retryAfter) {
        return new Problem(kind, message, Optional.empty(), Optional.of(retryAfter));
    }

    public ProblemException toException() {
        return new ProblemException(this);
    }
}
