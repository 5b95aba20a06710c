package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the upstream's errors in JSON, whatever the HTTP status around them: it is 200 nearly always. Their shapes changed over
 * the years and live side by side: an envelope with {@code data.code}, an {@code error} as text or object, a flat
 * {@code code} and {@code detail}, and the firewall's {@code ret}. Pure.
 */
public final class UpstreamErrorParser {

    /** What the model cannot take as it is: an attachment, or (seen 2026-07) that it shall not think. */
    static final Failure INVALID_INPUT =
            Failure.of(FailureKind.BAD_INPUT, "the model does not take this input (invalid_input)");

    private static final Failure MODERATED =
            Failure.of(FailureKind.MODERATED, "the service's content filter refused it (data_inspection_failed)");
    /** Chats are deleted by their owner, too. */
    static final Failure CHAT_GONE = Failure.of(FailureKind.BUSY, "the chat was gone");

    private static final Failure DEAD_TOKEN =
            Failure.of(FailureKind.EXPIRED, "the service calls its token dead (Unauthorized)");

    private static final double LONGEST_HOURS = 24;
    private static final Duration BURST_PAUSE = Duration.ofMinutes(5);
    private static final List<String> WORDS = List.of("details", "message", "detail");

    private UpstreamErrorParser() {}

    /**
     * The failure that {@code json} tells of; empty where it tells of none.
     *
     * @param status what the upstream means by HTTP status, which decides where the JSON names nothing that is known
     */
    public static Optional<Failure> of(JsonNode json, int status) {
        JsonNode data = json.path("data");
        if (firewall(json.path("ret"), data)) {
            return Optional.of(Failure.of(FailureKind.CHALLENGED, "the service asks for a human check"));
        }
        JsonNode error = json.path("error");
        if (error.isTextual() && !error.textValue().isBlank()) {
            return Optional.of(judge("", error.textValue(), error, status));
        }
        if (error.isObject()) {
            return Optional.of(judge(error, status));
        }
        boolean failed =
                json.path("success").isBoolean() && !json.path("success").booleanValue();
        if (failed || data.path("code").isTextual()) {
            return Optional.of(data.isObject() ? judge(data, status) : judge(json, status));
        }
        boolean flat = json.path("code").isTextual() || json.path("detail").isTextual();
        return flat ? Optional.of(judge(json, status)) : Optional.empty();
    }

    /** The address of the check is a secret: whoever has it may pass the check in the owner's place. */
    private static boolean firewall(JsonNode ret, JsonNode data) {
        for (JsonNode word : ret) {
            if (word.asText("").startsWith("FAIL_SYS") || word.asText("").startsWith("RGV587")) {
                return true;
            }
        }
        return data.path("url").asText("").contains("/punish?");
    }

    private static Failure judge(JsonNode error, int status) {
        String code = error.path("code").asText("");
        for (String name : WORDS) {
            if (error.path(name).isTextual()) {
                return judge(code, error.path(name).textValue(), error, status);
            }
        }
        return judge(code, "", error, status);
    }

    private static Failure judge(String code, String text, JsonNode error, int status) {
        String words = text.toLowerCase(Locale.ROOT);
        return switch (code) {
            case "RateLimited", "quota_limit", "insufficient_quota", "quota_exceeded" -> limited(code, hours(error));
            case "Unauthorized" -> DEAD_TOKEN;
            case "Forbidden" -> Failure.of(FailureKind.FORBIDDEN, "the service does not let it in (Forbidden)");
            case "RequestValidationError" ->
                Failure.of(FailureKind.BAD_INPUT, "the service refuses the request (RequestValidationError)")
                        .saying(UpstreamQuote.of(text));
            case "invalid_input" -> INVALID_INPUT;
            case "data_inspection_failed" -> MODERATED;
            case "CHAT_NOT_FOUND" -> CHAT_GONE;
            case "Not_Found", "not_found", "not found" -> notFound(words);
            default -> byWords(words).orElseGet(() -> unknown(code, text, status));
        };
    }

    private static Failure notFound(String words) {
        return words.contains("chat")
                ? CHAT_GONE
                : Failure.of(FailureKind.MODEL_GONE, "the service does not have this model (Not_Found)");
    }

    /** For codes that say nothing, {@code Bad_Request} before all, and for errors that have none. */
    private static Optional<Failure> byWords(String words) {
        if (has(words, "content safety", "内容安全", "inappropriate content")) {
            return Optional.of(MODERATED);
        }
        if (has(words, "too many messages")) {
            return Optional.of(Failure.of(FailureKind.BAD_INPUT, "the service takes one message a turn"));
        }
        if (has(words, "chat is in progress")) {
            return Optional.of(Failure.of(FailureKind.BUSY, "the chat is still in progress"));
        }
        if (has(words, "not exist") && has(words, "chat", "parent_id")) {
            return Optional.of(CHAT_GONE);
        }
        if (has(words, "request rate increased too quickly")) {
            return Optional.of(Failure.rateLimited(BURST_PAUSE, "requests came too quickly"));
        }
        if (has(words, "quota exceeded", "upper limit")) {
            return Optional.of(Failure.rateLimited(Duration.ZERO, "the quota of this model is used up"));
        }
        if (has(words, "token has expired")) {
            return Optional.of(DEAD_TOKEN);
        }
        if (has(words, "model not found", "model not exist")) {
            return Optional.of(notFound(""));
        }
        if (has(words, "range of input length", "context length", "input is too long")) {
            return Optional.of(Failure.of(FailureKind.TOO_LONG, "the prompt is longer than the model takes"));
        }
        return Optional.empty();
    }

    private static boolean has(String words, String... phrases) {
        return List.of(phrases).stream().anyMatch(words::contains);
    }

    /** A code that does not look like one is somebody's words. */
    private static Failure unknown(String code, String text, int status) {
        boolean known = code.matches("[A-Za-z0-9_.-]{0,60}");
        String name = known ? code : "";
        String words = known ? text : code + ": " + text;
        return HttpStatusFailures.of(status, name)
                .orElseGet(() -> Failure.of(
                        FailureKind.BUSY, "the service reported an error" + (name.isEmpty() ? "" : " (" + name + ")")))
                .saying(UpstreamQuote.of(words));
    }

    private static Failure limited(String code, Duration wait) {
        String howLong = wait.isZero() ? "" : ", for " + Math.max(1, Math.round(wait.toMinutes() / 60.0)) + " h";
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
