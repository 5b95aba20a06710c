package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Reads what came of the renewal of a session. Pure. */
final class RenewalReply {

    private static final JsonMapper JSON = new JsonMapper();

    /** What the body calls them, and the cookies that they are kept in. */
    private static final Map<String, String> TOKENS = Map.of("access_token", "token", "refresh_token", "refresh_token");

    private RenewalReply() {}

    /** The tokens that the body names, as cookies; most replies set them by header as well. */
    static Map<String, String> cookies(byte[] body) {
        var cookies = new LinkedHashMap<String, String>();
        JsonNode data = data(body);
        TOKENS.forEach((name, cookie) -> {
            String value = data.path(name).asText("");
            if (!value.isEmpty() && SetCookieParser.isValue(value)) {
                cookies.put(cookie, value);
            }
        });
        return cookies;
    }

    private static JsonNode data(byte[] body) {
        try {
            return JSON.readTree(body).path("data");
        } catch (IOException page) {
            return JSON.missingNode();
        }
    }

    /** What a reply without a new token means. */
    static Failure vain(HttpResponse<byte[]> reply, Instant now) {
        return said(FailureClassifier.classify(
                UpstreamAttempt.described(reply.statusCode(), reply.headers(), reply.body()), now));
    }

    /** What it means that there was no reply. */
    static Failure none(@Nullable Throwable broken) {
        return said(TransportErrors.of(broken == null ? new CancellationException() : broken));
    }

    /**
     * The failure as the account meets it. Without a living session it is of no use, so a route that is closed counts against it
     * here; and nothing that the renewal was told is about the client's question.
     */
    private static Failure said(Failure failure) {
        String detail = "its session could not be renewed: " + failure.detail();
        return switch (failure.kind()) {
            case EXPIRED -> Failure.of(FailureKind.EXPIRED, "the service refused to renew its session");
            case CHALLENGED, FORBIDDEN, SILENT -> Failure.of(failure.kind(), detail);
            case RATE_LIMITED, QUOTA_EXHAUSTED, PARALLEL_LIMITED, UNKNOWN, BUSY -> Failure.of(FailureKind.BUSY, detail).after(failure.retryAfter());
            case MODERATED, MODEL_GONE, TOO_LONG, BAD_INPUT, TRUNCATED, EMPTY, BROKEN, UNREACHABLE, UNFIT ->
                Failure.of(FailureKind.BROKEN, detail);
        };
    }
}
