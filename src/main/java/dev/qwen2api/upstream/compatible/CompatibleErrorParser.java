package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.error.UpstreamQuote;
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
        return switch (error.path("code").asText(error.path("type").asText(""))) {
            case "invalid_api_key" -> 401;
            case "insufficient_quota", "quota_exceeded", "rate_limit_exceeded" -> 429;
            default -> 502;
        };
    }

    private static Failure failure(int status, JsonNode json, String secret) {
        JsonNode error = json.path("error").isObject() ? json.path("error") : json;
        String words = error.path("message").asText(json.path("error").asText(""));
        String code = error.path("code").asText("");
        String source = " (HTTP " + status + (code.isEmpty() ? ")" : ", " + UpstreamQuote.of(code) + ")");
        String shown =
                (secret.isEmpty() ? words : words.replace(secret, "[token]")).replaceAll("(?<![.\\s])[.\\s]+$", "");
        String type = error.path("type").asText("");
        Failure failure = failure(status, (code + " " + type + " " + words).toLowerCase(Locale.ROOT));
        return Failure.of(failure.kind(), failure.detail() + source)
                .saying(shown.length() <= LONGEST_QUOTE ? shown : shown.substring(0, LONGEST_QUOTE) + "…");
    }

    /** A 429 {@code insufficient_quota} is a burst as often as a spent day, and clears on retry (wire facts, 9.2). */
    private static Failure failure(int status, String words) {
        boolean ofTheDay = words.contains("free allocated quota")
                || words.contains("quota_exceeded")
                || status == 403 && words.contains("insufficient_quota");
        if ((status == 403 || status == 429) && ofTheDay) {
            return Failure.of(FailureKind.QUOTA_EXHAUSTED, "the service calls the quota used up");
        }
        if (words.contains("data_inspection_failed") || words.contains("content_filter")) {
            return Failure.of(FailureKind.MODERATED, "the service refuses the content");
        }
        // "stream timeout" is said of prompts that take too long to read (over about 130,000 tokens).
        boolean tooLong =
                words.contains("context_length_exceeded") || status == 504 && words.contains("stream timeout");
        if (tooLong || status == 413) {
            return Failure.of(FailureKind.TOO_LONG, "the prompt is longer than the service accepts");
        }
        return switch (status) {
            case 401 -> Failure.of(FailureKind.EXPIRED, "the service does not accept the token");
            case 403 -> Failure.of(FailureKind.FORBIDDEN, "the service refuses the account");
            case 404 -> Failure.of(FailureKind.MODEL_GONE, "the service does not have this model");
            case 429 -> Failure.of(FailureKind.RATE_LIMITED, "the service asks for a pause");
            default ->
                status >= 500
                        ? Failure.of(FailureKind.BROKEN, "the service failed")
                        : Failure.of(FailureKind.BAD_INPUT, "the service refuses the request");
        };
    }
}
