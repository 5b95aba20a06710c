package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.FailureClassifier;
import dev.qwen2api.upstream.qwen.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.UpstreamQuote;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;

/** Parses the errors of a compatible service. Pure. */
final class CompatibleErrorParser {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int LONGEST_QUOTE = 2000;

    /** The portal limits requests a minute and says so without a time. */
    private static final Duration BURST = Duration.ofMinutes(1);

    private CompatibleErrorParser() {}

    /**
     * The failure in a reply that is no event stream.
     *
     * @param secret the token that the request was sent with, which the reply may quote
     * @param clock its zone decides when a quota of the day returns
     */
    static Failure parse(Reply reply, String secret, Clock clock) {
        String text = reply.text();
        if (text.startsWith("<")) {
            return FailureClassifier.fromPage(reply.status(), text);
        }
        JsonNode json = json(text);
        boolean known = json.has("error") || json.has("message");
        if (reply.status() < 400 && !known) {
            return Failure.of(FailureKind.BROKEN, "the service's reply is no answer (HTTP " + reply.status() + ")");
        }
        int status = reply.status() < 400 ? status(json) : reply.status();
        Failure failure = failure(status, known ? json : JSON.createObjectNode().put("message", text), secret);
        Duration asked = FailureClassifier.retryAfter(reply, clock.instant());
        return failure.after(asked.isZero() ? usualWait(failure.kind(), clock) : asked);
    }

    /** The failure in an error frame of a stream. */
    static Failure parse(JsonNode frame) {
        Failure failure = failure(status(frame), frame, "");
        return failure.kind() == FailureKind.RATE_LIMITED ? failure.after(BURST) : failure;
    }

    private static Duration usualWait(FailureKind kind, Clock clock) {
        return switch (kind) {
            case RATE_LIMITED -> BURST;
            case QUOTA_EXHAUSTED -> untilMidnight(clock);
            default -> Duration.ZERO;
        };
    }

    /** The time until the quota of the day returns. */
    static Duration untilMidnight(Clock clock) {
        Instant now = clock.instant();
        LocalDate tomorrow = LocalDate.ofInstant(now, clock.getZone()).plusDays(1);
        return Duration.between(now, tomorrow.atStartOfDay(clock.getZone()).toInstant());
    }

    private static JsonNode json(String text) {
        try {
            return text.startsWith("{") ? JSON.readTree(text) : JSON.missingNode();
        } catch (IOException cut) {
            return JSON.missingNode();
        }
    }

    /** Of an error under HTTP 200. */
    private static int status(JsonNode json) {
        JsonNode error = json.path("error");
        int named = error.path("status").asInt(error.path("code").asInt(0));
        if (named >= 400 && named <= 599) {
            return named;
        }
        return switch (error.path("code").asText("")) {
            case "invalid_api_key" -> 401;
            case "insufficient_quota", "rate_limit_exceeded" -> 429;
            default -> 502;
        };
    }

    private static Failure failure(int status, JsonNode json, String secret) {
        JsonNode error = json.path("error").isObject() ? json.path("error") : json;
        String words = error.path("message").asText(json.path("error").asText(""));
        String code = error.path("code").asText("");
        FailureKind kind = kind(status, (code + " " + words).toLowerCase(Locale.ROOT));
        String source = " (HTTP " + status + (code.isEmpty() ? ")" : ", " + UpstreamQuote.of(code) + ")");
        String shown = (secret.isEmpty() ? words : words.replace(secret, "[token]")).replaceAll("[.\\s]+$", "");
        return Failure.of(kind, detail(kind) + source)
                .saying(shown.length() <= LONGEST_QUOTE ? shown : shown.substring(0, LONGEST_QUOTE) + "…");
    }

    private static FailureKind kind(int status, String words) {
        boolean ofTheDay = words.contains("free allocated quota") || words.contains("quota_exceeded");
        if (words.contains("data_inspection_failed") || words.contains("content_filter")) {
            return FailureKind.MODERATED;
        }
        // Said of prompts that take too long to read (over about 130,000 tokens): no other account reads faster.
        if (words.contains("context_length_exceeded") || status == 504 && words.contains("stream timeout")) {
            return FailureKind.TOO_LONG;
        }
        return switch (status) {
            case 401 -> FailureKind.EXPIRED;
            case 403 -> ofTheDay ? FailureKind.QUOTA_EXHAUSTED : FailureKind.FORBIDDEN;
            case 404 -> FailureKind.MODEL_GONE;
            case 413 -> FailureKind.TOO_LONG;
            case 429 -> ofTheDay ? FailureKind.QUOTA_EXHAUSTED : FailureKind.RATE_LIMITED;
            default -> status >= 500 ? FailureKind.BROKEN : FailureKind.BAD_INPUT;
        };
    }

    private static String detail(FailureKind kind) {
        return switch (kind) {
            case EXPIRED -> "the service does not accept the token";
            case FORBIDDEN -> "the service refuses the account";
            case QUOTA_EXHAUSTED -> "the service calls the quota used up";
            case RATE_LIMITED -> "the service asks for a pause";
            case MODEL_GONE -> "the service does not have this model";
            case TOO_LONG -> "the prompt is longer than the service accepts";
            case MODERATED -> "the service refuses the content";
            case BAD_INPUT -> "the service refuses the request";
            default -> "the service failed";
        };
    }
}
