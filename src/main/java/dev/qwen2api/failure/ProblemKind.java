package dev.qwen2api.failure;

/** The catalogue of answers to failure: one row per case, with its HTTP status, OpenAI type and code. */
public enum ProblemKind {
    INVALID_API_KEY(401, "invalid_request_error", "invalid_api_key"),
    INVALID_REQUEST(400, "invalid_request_error", "invalid_request_error"),
    THREAD_UNSUPPORTED(400, "invalid_request_error", "thread_unsupported_request"),
    REQUEST_TIMEOUT(408, "invalid_request_error", "request_timeout"),
    REQUEST_TOO_LARGE(413, "invalid_request_error", "request_too_large"),
    UNSUPPORTED_ENCODING(415, "invalid_request_error", "unsupported_content_encoding"),
    REQUEST_TOO_DEEP(400, "invalid_request_error", "request_too_large"),
    NOT_FOUND(404, "invalid_request_error", "not_found"),
    PREVIOUS_RESPONSE_NOT_FOUND(400, "invalid_request_error", "previous_response_not_found"),
    METHOD_NOT_ALLOWED(405, "invalid_request_error", "method_not_allowed"),
    MODEL_NOT_FOUND(404, "invalid_request_error", "model_not_found"),
    NO_ACCOUNT(503, "service_unavailable_error", "no_account"),
    RATE_LIMITED(429, "rate_limit_error", "rate_limit_exceeded"),
    QUOTA_EXHAUSTED(429, "insufficient_quota", "insufficient_quota"),
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

    ProblemKind(int status, String type, String code) {
        this.status = status;
        this.type = type;
        this.code = code;
    }

    /** Whether it lasts until the owner does something: a client that waits will not be served. */
    public boolean needsOwner() {
        return this == VERIFICATION_REQUIRED || this == SESSION_EXPIRED;
    }

    /** Whether a limit of the accounts is reached, which ends at a known time. */
    public boolean isLimit() {
        return this == RATE_LIMITED || this == QUOTA_EXHAUSTED;
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
