package dev.qwen2api.api.openai.responses;

import dev.qwen2api.failure.ProblemKind;

/** The codes that a failed response may give: the schema has but few. */
final class ResponseErrorCode {

    private ResponseErrorCode() {}

    static String of(ProblemKind kind) {
        return switch (kind) {
            case RATE_LIMITED -> "rate_limit_exceeded";
            case QUOTA_EXHAUSTED -> "insufficient_quota";
            case CONTENT_FILTER,
                    CONTEXT_LENGTH_EXCEEDED,
                    INVALID_REQUEST,
                    INVALID_API_KEY,
                    REQUEST_TIMEOUT,
                    REQUEST_TOO_LARGE,
                    REQUEST_TOO_DEEP,
                    NOT_FOUND,
                    PREVIOUS_RESPONSE_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    MODEL_NOT_FOUND -> "invalid_prompt";
            case NO_ACCOUNT,
                    VERIFICATION_REQUIRED,
                    SESSION_EXPIRED,
                    UPSTREAM_TIMEOUT,
                    UPSTREAM_ERROR,
                    SHUTTING_DOWN,
                    OVERLOADED,
                    INTERNAL -> "server_error";
        };
    }
}
