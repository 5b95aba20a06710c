package dev.qwen2api.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.Failure.Kind;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the upstream's errors in JSON, whatever the HTTP status around them: it is 200 nearly always. Their shapes changed over
 * the years and live side by side: an envelope with {@code data.code}, an {@code error} as text or object, a flat
 * {@code code} and {@code detail}, and the firewall's {@code ret}. Pure.
 */
final class Refusal {

    private static final double LONGEST_HOURS = 24;
    private static final Duration BURST_PAUSE = Duration.ofMinutes(5);

    private Refusal() {}

    /** The failure that {@code json} tells of; empty where it tells of none. */
    static Optional<Failure> of(JsonNode json) {
        if (firewall(json.path("ret"))) {
            return Optional.of(Failure.of(Kind.CHALLENGED, "the service asks for a human check"));
        }
        JsonNode error = json.path("error");
        JsonNode data = json.path("data");
        if (error.isTextual()) {
            return Optional.of(judge("", error.textValue(), error));
        }
        if (error.isObject()) {
            return Optional.of(judge(error));
        }
        boolean coded = data.path("code").isTextual();
        if (coded || json.path("success").isBoolean() && !json.path("success").booleanValue()) {
            return Optional.of(data.isObject() ? judge(data) : judge("", data.asText(""), data));
        }
        if (json.path("code").isTextual() || json.path("detail").isTextual()) {
            return Optional.of(judge(json));
        }
        return Optional.empty();
    }

    private static boolean firewall(JsonNode ret) {
        for (JsonNode word : ret) {
            String text = word.asText("");
            if (text.contains("FAIL_SYS_USER_VALIDATE") || text.contains("RGV587")) {
                return true;
            }
        }
        return false;
    }

    private static Failure judge(JsonNode error) {
        String code = error.path("code").asText("");
        for (String name : new String[] {"details", "message", "detail"}) {
            if (error.path(name).isTextual()) {
                return judge(code, error.path(name).textValue(), error);
            }
        }
        return judge(code, "", error);
    }

    private static Failure judge(String code, String text, JsonNode error) {
        String words = text.toLowerCase(Locale.ROOT);
        return switch (code) {
            case "RateLimited", "quota_limit", "insufficient_quota", "quota_exceeded" -> limited(code, hours(error));
            case "Unauthorized" -> Failure.of(Kind.EXPIRED, "the service calls its token dead");
            case "Forbidden" -> Failure.of(Kind.FORBIDDEN, "the service answers Forbidden");
            case "RequestValidationError" ->
                Failure.of(Kind.BAD_INPUT, "the service refuses the request: " + Quote.of(text));
            case "invalid_input" -> Failure.of(Kind.BAD_INPUT, "the model does not take this input (invalid_input)");
            case "data_inspection_failed" -> moderated();
            case "CHAT_NOT_FOUND" -> Failure.of(Kind.BUSY, "the chat was gone");
            case "Not_Found", "not_found" ->
                words.contains("chat")
                        ? Failure.of(Kind.BUSY, "the chat was gone")
                        : Failure.of(Kind.MODEL_GONE, "the service does not have this model");
            case "Bad_Request" -> badRequest(words);
            default -> byWords(code, text, words);
        };
    }

    private static Failure badRequest(String words) {
        if (words.contains("too many messages")) {
            return Failure.of(Kind.BAD_INPUT, "the service takes one message a turn");
        }
        if (words.contains("in progress")) {
            return Failure.of(Kind.BUSY, "the chat is still in progress");
        }
        return Failure.of(Kind.BUSY, "the service refused without saying why (Bad_Request)");
    }

    private static Failure byWords(String code, String text, String words) {
        if (words.contains("content safety") || text.contains("内容安全") || words.contains("inappropriate content")) {
            return moderated();
        }
        if (words.contains("request rate increased too quickly")) {
            return Failure.rateLimited(BURST_PAUSE, "requests came too quickly");
        }
        if (words.contains("quota exceeded") || words.contains("upper limit")) {
            return Failure.rateLimited(Duration.ZERO, "the quota of this model is used up");
        }
        if (words.contains("token has expired")) {
            return Failure.of(Kind.EXPIRED, "the service calls its token dead");
        }
        if (words.contains("range of input length") || words.contains("context length") || words.contains("too long")) {
            return Failure.of(Kind.TOO_LONG, "the prompt is longer than the model takes");
        }
        String said = Quote.of(code.isEmpty() ? text : code + (text.isEmpty() ? "" : ": " + text));
        return Failure.of(
                Kind.BUSY, said.isEmpty() ? "the service reported an error" : "the service reported: " + said);
    }

    private static Failure moderated() {
        return Failure.of(Kind.MODERATED, "the service's content filter refused it");
    }

    private static Failure limited(String code, Duration wait) {
        String howLong = wait.isZero() ? "" : ", for " + wait.toHours() + " h";
        return Failure.rateLimited(wait, "its quota is used up (" + code + howLong + ")");
    }

    /** {@code num} is hours; absurd values are clamped to a day, unreadable ones are none. */
    private static Duration hours(JsonNode error) {
        JsonNode num = error.path("num");
        double hours = num.isNumber() ? num.doubleValue() : num.isTextual() ? num.asDouble(0) : 0;
        double believed = Double.isNaN(hours) ? 0 : Math.max(0, Math.min(hours, LONGEST_HOURS));
        return Duration.ofSeconds(Math.round(believed * 3600));
    }
}
