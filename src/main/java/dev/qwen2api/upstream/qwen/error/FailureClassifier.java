package dev.qwen2api.upstream.qwen.error;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Says what a reply means that is not the reply that was asked for. Content type and shape decide first, then the
 * status, and of statuses the upstream's own header first: its HTTP status is 200 for almost everything. Pure.
 */
public final class FailureClassifier {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LONGEST = Duration.ofHours(24);

    private FailureClassifier() {}

    /**
     * A reply that disappointed.
     *
     * @param status the HTTP status
     * @param actual header {@code x-actual-status-code}
     * @param retryAfter header {@code Retry-After}, seconds or a date
     * @param body its beginning, at most 64 KiB
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares replies
    public record Reply(int status, Optional<String> actual, Optional<String> retryAfter, byte[] body) {

        /** The status that the upstream means. */
        int meant() {
            return actual.filter(text -> text.matches("[1-5][0-9]{2}"))
                    .map(Integer::parseInt)
                    .orElse(status);
        }

        public static Reply of(int status, HttpHeaders headers, byte[] body) {
            return new Reply(
                    status, headers.firstValue("x-actual-status-code"), headers.firstValue("retry-after"), body);
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8).strip();
        }
    }

    public static Failure classify(Operation operation, HttpResponse<byte[]> reply, Instant now) {
        return classify(operation, Reply.of(reply.statusCode(), reply.headers(), reply.body()), now);
    }

    public static Failure classify(Operation operation, Reply reply, Instant now) {
        return UpstreamErrorParser.scoped(operation, judge(operation, reply, now));
    }

    private static Failure judge(Operation operation, Reply reply, Instant now) {
        String text = reply.text();
        if (text.startsWith("{")) {
            Optional<Failure> told = fromJson(operation, reply, now);
            if (told.isPresent()) {
                return told.get();
            }
        }
        if (text.startsWith("<")) {
            return fromPage(reply.meant(), text);
        }
        return fromStatus(operation, reply, now);
    }

    private static Optional<Failure> fromJson(Operation operation, Reply reply, Instant now) {
        try {
            JsonNode json = JSON.readTree(reply.body());
            return UpstreamErrorParser.of(operation, json, reply.meant()).map(failure -> waiting(failure, reply, now));
        } catch (IOException broken) {
            return Optional.empty();
        }
    }

    private static Failure waiting(Failure failure, Reply reply, Instant now) {
        boolean unknown = failure.kind() == FailureKind.RATE_LIMITED
                && failure.retryAfter().isZero();
        return unknown ? failure.after(retryAfter(reply, now)) : failure;
    }

    /** The firewall answers with a page, whatever was asked; a gateway in trouble does too. */
    public static Failure fromPage(int status, String page) {
        String words = page.toLowerCase(Locale.ROOT);
        boolean check = words.contains("aliyun_waf")
                || words.contains("access verification")
                || words.contains("punish")
                || words.contains("captcha");
        if (check || status == 200 || status == 403) {
            return Failure.of(FailureKind.CHALLENGED, "the service answered with a page that asks for a human check");
        }
        if (status == 405 || status == 503) {
            return Failure.of(FailureKind.CHALLENGED, "the service blocks this network (HTTP " + status + ")");
        }
        return Failure.of(FailureKind.BROKEN, "the service's gateway answered HTTP " + status);
    }

    private static Failure fromStatus(Operation operation, Reply reply, Instant now) {
        int status = reply.meant();
        Failure failure = UpstreamErrorTable.ofStatus(operation, status, "")
                .orElseGet(() -> Failure.of(
                        FailureKind.BROKEN,
                        status >= 400
                                ? "the service answered HTTP " + status
                                : "the service's reply is no answer (HTTP " + status + ")"));
        return waiting(failure, reply, now);
    }

    public static Duration retryAfter(Reply reply, Instant now) {
        Duration asked =
                reply.retryAfter().map(value -> parse(value.strip(), now)).orElse(Duration.ZERO);
        if (asked.isNegative()) {
            return Duration.ZERO;
        }
        return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    }

    private static Duration parse(String value, Instant now) {
        if (value.matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            return Duration.between(now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException unreadable) {
            return Duration.ZERO;
        }
    }
}
