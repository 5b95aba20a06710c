package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the reply to the renewal of a session, and the cookies that any reply sets. Pure. */
final class RenewalReply {

    /** Field of the body to name of the cookie. */
    private static final Map<String, String> TOKENS = Map.of("access_token", "token", "refresh_token", "refresh_token");

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
    private static final Pattern VALUE = Pattern.compile("[!-~&&[^;]]{0,4096}");
    private static final Pattern SECONDS = Pattern.compile("-?[0-9]{1,18}");

    private RenewalReply() {}

    /** The tokens in the body, as cookies; most replies set them by header as well. */
    static Map<String, String> cookies(byte[] body) {
        var cookies = new LinkedHashMap<String, String>();
        JsonNode data = BoundedJson.read(body).path("data");
        TOKENS.forEach((name, cookie) -> {
            String value = data.path(name).asText("");
            if (!value.isEmpty() && isValue(value)) {
                cookies.put(cookie, value);
            }
        });
        return cookies;
    }

    /** The failure that a reply without a new token means. */
    static Failure failure(HttpResponse<byte[]> reply, Instant now) {
        return ofAccount(FailureClassifier.classify(Operation.RENEWAL, reply, now));
    }

    /** The failure where there was no reply. */
    static Failure noReply(@Nullable Throwable broken) {
        return ofAccount(TransportErrors.of(broken == null ? new CancellationException() : broken));
    }

    /**
     * Maps a failure of the renewal call to one of the account: a closed route counts against the account, which
     * cannot work without a session, and no failure may be blamed on the client's request.
     */
    private static Failure ofAccount(Failure failure) {
        String detail = "its session could not be renewed: " + failure.detail();
        return switch (failure.kind().cause()) {
            case SESSION -> Failure.of(FailureKind.EXPIRED, "the service refused to renew its session");
            case CHALLENGE, ACCOUNT -> Failure.of(failure.kind(), detail);
            case LIMIT, SERVICE -> Failure.of(FailureKind.BUSY, detail).after(failure.retryAfter());
            case CONNECTION, REQUEST ->
                Failure.of(failure.kind() == FailureKind.SILENT ? FailureKind.SILENT : FailureKind.BROKEN, detail);
        };
    }

    /**
     * The cookies that {@code Set-Cookie} headers set; an empty value deletes one. Domain and path are ignored: the
     * hosts of the service are one site and share their cookies ({@code Domain=.qwen.ai}).
     */
    static Map<String, String> setCookies(HttpHeaders headers, Instant now) {
        var changes = new LinkedHashMap<String, String>();
        for (String line : headers.allValues("set-cookie")) {
            String[] parts = line.split(";", -1);
            int equals = parts[0].indexOf('=');
            String name = equals < 0 ? "" : parts[0].substring(0, equals).strip();
            String value = parts[0].substring(equals + 1).strip();
            if (NAME.matcher(name).matches() && isValue(value)) {
                changes.put(name, over(parts, now) ? "" : value);
            }
        }
        return changes;
    }

    /** Whether a text can stand as the value of a cookie. */
    static boolean isValue(String text) {
        return VALUE.matcher(text).matches();
    }

    /** Whether the cookie is over at once; {@code Max-Age} wins over {@code Expires}. */
    private static boolean over(String[] parts, Instant now) {
        boolean over = false;
        for (String part : parts) {
            String attribute = part.strip().toLowerCase(Locale.ROOT);
            String value = part.substring(part.indexOf('=') + 1).strip();
            if (attribute.startsWith("max-age=") && SECONDS.matcher(value).matches()) {
                return Long.parseLong(value) <= 0;
            }
            if (attribute.startsWith("expires=")) {
                over = past(value, now);
            }
        }
        return over;
    }

    /** Accepts RFC 1123 dates, and Netscape's form with dashes. */
    private static boolean past(String date, Instant now) {
        try {
            return !ZonedDateTime.parse(date.replace('-', ' '), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .isAfter(now);
        } catch (DateTimeException unreadable) {
            return false;
        }
    }
}
