package dev.qwen2api.upstream.qwen.error;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads the upstream's errors in JSON, whatever the HTTP status around them: it is 200 nearly always. Their shapes
 * changed over the years and live side by side: an envelope with {@code data.code}, an {@code error} as text or
 * object, a flat {@code code} and {@code detail}, a delta of status {@code error}, and the firewall's {@code ret}.
 * Pure.
 */
public final class UpstreamErrorParser {

    /** The service looked for a tool of the client's among its own, and did not find it (13 row 24, 2026-09). */
    public static final Failure TOOL_REFUSED =
            Failure.of(FailureKind.BUSY, "the service took a tool of the client for one of its own");

    private static final double LONGEST_HOURS = 24;
    private static final List<String> CODES = List.of("code", "error_code");
    private static final List<String> TEXTS = List.of("details", "message", "detail", "error_msg", "content");

    private UpstreamErrorParser() {}

    /**
     * The failure that {@code json} tells of; empty where it tells of none.
     *
     * @param status what the upstream means by HTTP status, which decides where the JSON names nothing that is known
     */
    public static Optional<Failure> of(Operation operation, JsonNode json, int status) {
        JsonNode data = json.path("data");
        if (firewall(json.path("ret"), data)) {
            return Optional.of(Failure.of(FailureKind.CHALLENGED, "the service asks for a human check"));
        }
        return error(json, data).map(error -> failure(operation, error, status));
    }

    /** The address of the check is a secret: it lets its reader pass the check in the owner's place. */
    private static boolean firewall(JsonNode ret, JsonNode data) {
        boolean named = ret.isTextual() && isFirewall(ret);
        for (JsonNode word : ret) {
            named |= isFirewall(word);
        }
        return named || data.path("url").asText("").contains("/punish?");
    }

    private static boolean isFirewall(JsonNode word) {
        return word.asText("").startsWith("FAIL_SYS") || word.asText("").startsWith("RGV587");
    }

    /** The node that describes the error, in any of the shapes. */
    private static Optional<JsonNode> error(JsonNode json, JsonNode data) {
        JsonNode error = json.path("error");
        if (error.isObject() || isText(error)) {
            return Optional.of(error);
        }
        JsonNode delta = json.path("choices").path(0).path("delta");
        if (delta.path("status").asText("").equals("error")) {
            return Optional.of(ofDelta(delta));
        }
        boolean failed =
                json.path("success").isBoolean() && !json.path("success").booleanValue();
        if (failed || data.path("code").isTextual()) {
            boolean flat = code(data).isEmpty() && json.has("code");
            return Optional.of(data.isObject() && !flat ? data : json);
        }
        boolean flat = json.path("code").isTextual() || json.path("detail").isTextual() || isRefusal(json.path("code"));
        return flat ? Optional.of(json) : Optional.empty();
    }

    /** Some frames carry a code as a number; those below 400 are no errors. */
    private static boolean isRefusal(JsonNode code) {
        return code.isInt() && code.intValue() >= 400;
    }

    /** A delta of status {@code error} has its code beside it, or an error in {@code extra} (13 row 8, 2026-09). */
    private static JsonNode ofDelta(JsonNode delta) {
        for (JsonNode nested : List.of(delta.path("error"), delta.path("extra").path("error"))) {
            if (nested.isObject() || isText(nested)) {
                return nested;
            }
        }
        return delta;
    }

    private static boolean isText(JsonNode node) {
        return node.isTextual() && !node.textValue().isBlank();
    }

    private static String code(JsonNode error) {
        return first(error, CODES);
    }

    private static String first(JsonNode error, List<String> names) {
        return names.stream()
                .map(error::path)
                .filter(value -> isText(value) || value.isInt())
                .map(JsonNode::asText)
                .findFirst()
                .orElse("");
    }

    private static Failure failure(Operation operation, JsonNode error, int status) {
        String code = error.isTextual() ? "" : code(error);
        String text = error.isTextual() ? error.textValue() : first(error, TEXTS);
        Optional<Failure> known = UpstreamErrorTable.find(operation, code, text, hours(error));
        Failure failure = known.filter(found -> !UpstreamErrorTable.isVague(found))
                .orElseGet(() -> vague(operation, code, text, status, known));
        boolean quoted = failure.kind() == FailureKind.BAD_INPUT && !isInvalidInput(failure);
        return scoped(operation, quoted ? failure.saying(UpstreamQuote.of(text)) : failure);
    }

    /** Where the code says little, the status decides. A code that does not look like one is somebody's words. */
    private static Failure vague(Operation operation, String code, String text, int status, Optional<Failure> known) {
        boolean named = code.matches("[A-Za-z0-9_.-]{1,39}");
        String words = named || code.isEmpty() ? text : code + ": " + text;
        return UpstreamErrorTable.ofStatus(operation, status, named ? code : "")
                .or(() -> known)
                .orElseGet(() -> named ? UpstreamErrorTable.unknown(code) : UpstreamErrorTable.unnamed())
                .saying(UpstreamQuote.of(words));
    }

    static Failure scoped(Operation operation, Failure failure) {
        return operation.scope().map(failure::in).orElse(failure);
    }

    /** {@code num} is hours; absurd values are clamped to a day, unreadable ones are none. */
    private static Duration hours(JsonNode error) {
        JsonNode num = error.path("num");
        double hours = num.isNumber() ? num.doubleValue() : num.isTextual() ? num.asDouble(0) : 0;
        double believed = Double.isNaN(hours) ? 0 : Math.max(0, Math.min(hours, LONGEST_HOURS));
        return Duration.ofSeconds(Math.round(believed * 3600));
    }

    /** Whether the chat of the request does not exist any more. */
    public static boolean isChatGone(Failure failure) {
        return failure.detail().equals(UpstreamErrorTable.CHAT_GONE);
    }

    /** Whether the chat of the request is still busy with an earlier one. */
    public static boolean isChatBusy(Failure failure) {
        return failure.detail().equals(UpstreamErrorTable.CHAT_BUSY);
    }

    /** Whether the model refuses the input as it is: an attachment, or that it shall not think. */
    public static boolean isInvalidInput(Failure failure) {
        return failure.detail().equals(UpstreamErrorTable.INVALID_INPUT);
    }
}
