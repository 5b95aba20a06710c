package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.RelayedError;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.compatible.PortalRefusedException.Kind;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.error.UpstreamQuote;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Says what a reply of the portal means that is not the answer that was asked for. Pure. */
final class PortalVerdict {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int LONGEST_MESSAGE = 2000;

    private PortalVerdict() {}

    /**
     * The refusal in a reply.
     *
     * @throws UpstreamException when the reply is none of the portal's: a page, a redirect, nonsense
     */
    static PortalRefusedException of(Reply reply, PortalCredential portalCredential, Instant now)
            throws UpstreamException {
        String text = reply.text();
        if (text.startsWith("<")) {
            throw new UpstreamException(FailureClassifier.fromPage(reply.status(), text));
        }
        JsonNode json = json(text);
        boolean told = json.has("error") || json.has("message");
        if (reply.status() < 400 && !told) {
            throw new UpstreamException(
                    Failure.of(FailureKind.BROKEN, "the portal's reply is no answer (HTTP " + reply.status() + ")"));
        }
        int status = reply.status() < 400 ? statusOf(json) : Math.min(reply.status(), 599);
        Duration wait = FailureClassifier.retryAfter(reply, now);
        return refusal(
                status,
                told ? json : plain(status, text),
                portalCredential,
                Optional.of(wait).filter(each -> !each.isZero()));
    }

    /** The refusal in a frame of a stream. */
    static PortalRefusedException of(JsonNode frame, PortalCredential portalCredential) {
        return refusal(statusOf(frame), frame, portalCredential, Optional.empty());
    }

    private static JsonNode json(String text) {
        try {
            return text.startsWith("{") ? JSON.readTree(text) : JSON.missingNode();
        } catch (IOException cut) {
            return JSON.missingNode();
        }
    }

    /** What a status says where the body says nothing that can be read. */
    private static JsonNode plain(int status, String text) {
        String said = UpstreamQuote.of(text);
        String words = said.isEmpty() ? "the portal answered HTTP " + status : said;
        return JSON.createObjectNode().put("message", words);
    }

    /** Of an error that came under HTTP 200. */
    private static int statusOf(JsonNode json) {
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

    private static PortalRefusedException refusal(
            int status, JsonNode json, PortalCredential portalCredential, Optional<Duration> wait) {
        JsonNode error = json.path("error").isObject() ? json.path("error") : json;
        String words = error.path("message").asText(json.path("error").asText(""));
        String code = error.path("code").asText("");
        String shown = words.replace(portalCredential.bearer(), "[token]");
        String message = portalCredential.who() + ": "
                + (shown.length() <= LONGEST_MESSAGE ? shown : shown.substring(0, LONGEST_MESSAGE) + "…");
        return new PortalRefusedException(
                kind(status, code, words),
                new RelayedError(
                        status,
                        message,
                        text(error, "type").orElseGet(() -> typeOf(status)),
                        text(error, "param"),
                        text(error, "code").or(() -> codeOf(status)),
                        wait));
    }

    private static Kind kind(int status, String code, String words) {
        String all = (code + " " + words).toLowerCase(Locale.ROOT);
        if (status == 401) {
            return Kind.DEAD_TOKEN;
        }
        if (status == 403 || status == 429) {
            boolean day = all.contains("free allocated quota") || all.contains("quota_exceeded");
            return day ? Kind.DAY_SPENT : Kind.ELSEWHERE;
        }
        // Said of prompts that take too long to read (over about 130,000 tokens): no other account reads faster.
        boolean tooLong = status == 504 && all.contains("stream timeout");
        return status >= 500 && !tooLong ? Kind.ELSEWHERE : Kind.FINAL;
    }

    private static Optional<String> text(JsonNode error, String name) {
        return Optional.of(error.path(name))
                .filter(value -> value.isTextual() || value.isNumber())
                .map(JsonNode::asText)
                .filter(value -> !value.isEmpty());
    }

    private static String typeOf(int status) {
        return status == 429 ? "rate_limit_error" : status >= 500 ? "upstream_error" : "invalid_request_error";
    }

    private static Optional<String> codeOf(int status) {
        return switch (status) {
            case 401 -> Optional.of("invalid_api_key");
            case 429 -> Optional.of("rate_limit_exceeded");
            case 504 -> Optional.of("upstream_timeout");
            default -> status >= 500 ? Optional.of("upstream_error") : Optional.empty();
        };
    }
}
