package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import io.javalin.http.Context;

/** The number of an account, as the management routes are told it. */
final class AccountNumber {

    /** The parameter of a path. */
    static final String PARAM = "num";

    private AccountNumber() {}

    static AccountId inPath(Context ctx) {
        return AccountId.parse(ctx.pathParam(PARAM)).orElseThrow(AccountNumber::refused);
    }

    /** Reads a string; a whole number is as good. */
    static AccountId inBody(JsonNode body) {
        JsonNode num = body.path(PARAM);
        if (!num.isTextual() && !num.isIntegralNumber()) {
            throw refused();
        }
        return AccountId.parse(num.asText()).orElseThrow(AccountNumber::refused);
    }

    private static ProblemException refused() {
        return Problem.invalid(
                        PARAM,
                        "'num' must be the number of an account, such as \"3\": 1 to 999999, without leading zeros.")
                .toException();
    }
}
