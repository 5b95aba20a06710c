package dev.qwen2api.upstream.qwen.error;

import static dev.qwen2api.failure.FailureKind.BAD_INPUT;
import static dev.qwen2api.failure.FailureKind.BROKEN;
import static dev.qwen2api.failure.FailureKind.BUSY;
import static dev.qwen2api.failure.FailureKind.CHALLENGED;
import static dev.qwen2api.failure.FailureKind.EXPIRED;
import static dev.qwen2api.failure.FailureKind.FORBIDDEN;
import static dev.qwen2api.failure.FailureKind.MODEL_GONE;
import static dev.qwen2api.failure.FailureKind.MODERATED;
import static dev.qwen2api.failure.FailureKind.PARALLEL_LIMITED;
import static dev.qwen2api.failure.FailureKind.QUOTA_EXHAUSTED;
import static dev.qwen2api.failure.FailureKind.RATE_LIMITED;
import static dev.qwen2api.failure.FailureKind.TOO_LONG;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The table from operation, code and text to failures. The first row that matches decides; codes and texts are compared without
 * case. Every row names where and when it was seen; {@code docs/upstream.md} explains the sources.
 */
final class UpstreamErrorTable {

    private static final Set<Operation> ANYWHERE = Set.of(Operation.values());
    private static final Set<Operation> UPLOADS = Set.of(Operation.UPLOAD_TICKET, Operation.PARSE);
    private static final Set<Operation> RENEWAL = Set.of(Operation.RENEWAL);
    private static final Set<Operation> TASK = Set.of(Operation.TASK_STATUS);

    private static final List<String> ANY_CODE = List.of();
    private static final List<String> ANY_TEXT = List.of();

    private static final Duration NO_WAIT = Duration.ZERO;
    private static final Duration PARALLEL_WAIT = Duration.ofSeconds(5);
    private static final Duration REQUESTS_WAIT = Duration.ofMinutes(1);
    private static final Duration BURST_WAIT = Duration.ofMinutes(5);
    private static final Duration UPLOAD_WAIT = Duration.ofMinutes(5);

    /** What becomes of the number of hours that may stand beside a code. */
    private enum Hours {
        IGNORED,
        WAITED
    }

    private static final String CHAT_GONE = "the chat was gone";
    private static final String CHAT_BUSY = "the chat is still in progress";
    private static final String DEAD_TOKEN = "the service calls its token dead";
    private static final String QUOTA = "its quota is used up";
    private static final String MODERATION = "the service's content filter refused it (data_inspection_failed)";
    private static final String NO_MODEL = "the service does not have this model (Not_Found)";
    private static final String VAGUE = "the service reported an error";

    /** What the model cannot take as it is: an attachment, or that it shall not think (VC, 2026-07). */
    static final String INVALID_INPUT = "the model does not take this input (invalid_input)";

    /**
     * One fact.
     *
     * @param operations where it holds
     * @param codes in lower case; one that ends in {@code *} stands for all with that beginning; empty for any
     * @param texts phrases in lower case of which one must occur; empty for any
     * @param pause how long to stay away where no hours are named
     * @param source who saw it, and when
     */
    private record Row(
            Set<Operation> operations,
            List<String> codes,
            List<String> texts,
            FailureKind kind,
            String detail,
            Hours hours,
            Duration pause,
            String source) {

        boolean matches(Operation operation, String code, String text) {
            return operations.contains(operation)
                    && (codes.isEmpty() || codes.stream().anyMatch(each -> isCode(each, code)))
                    && (texts.isEmpty() || texts.stream().anyMatch(text::contains));
        }

        private static boolean isCode(String pattern, String code) {
            return pattern.endsWith("*")
                    ? code.startsWith(pattern.substring(0, pattern.length() - 1))
                    : pattern.equals(code);
        }
    }

    private static final List<Row> ROWS = List.of(
            row(
                    ANYWHERE,
                    List.of("fail_sys*", "rgv587*"),
                    ANY_TEXT,
                    CHALLENGED,
                    "the service asks for a human check",
                    "13 row 7: two of C2A, QG, 2026-09"),
            row(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("fail_sys_user_validate", "rgv587_error"),
                    CHALLENGED,
                    "the service asks for a human check",
                    "13 row 7, 2026-09"),
            row(
                    ANYWHERE,
                    List.of("data_inspection_failed", "datainspectionfailed"),
                    ANY_TEXT,
                    MODERATED,
                    MODERATION,
                    "XZ 2026-06, VA 2026-09"),
            row(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("content safety", "内容安全", "inappropriate content", "data_inspection_failed"),
                    MODERATED,
                    MODERATION,
                    "XZ 2026-06, SM 2026-03"),
            limit(
                    UPLOADS,
                    List.of("ratelimited", "quota_limit", "too_many_requests", "429"),
                    ANY_TEXT,
                    RATE_LIMITED,
                    "its uploads are limited for some minutes",
                    Hours.IGNORED,
                    UPLOAD_WAIT,
                    "13 row 4: RF, 2026-09"),
            row(
                    UPLOADS,
                    List.of("not_found", "not found"),
                    ANY_TEXT,
                    BROKEN,
                    "the service does not take the upload (Not_Found)",
                    "seen on the jar, 2026-11"),
            row(
                    TASK,
                    List.of("not_found", "not found"),
                    ANY_TEXT,
                    BROKEN,
                    "the service does not know the task (Not_Found)",
                    "VA 2026-09"),
            row(
                    RENEWAL,
                    List.of("invalid token", "invalid_token", "unauthorized", "401", "forbidden", "403"),
                    ANY_TEXT,
                    EXPIRED,
                    DEAD_TOKEN,
                    "13 row 6: C2A, G4F, RF, 2026-09"),
            row(
                    RENEWAL,
                    ANY_CODE,
                    List.of("invalid token", "unauthorized", "forbidden"),
                    EXPIRED,
                    DEAD_TOKEN,
                    "13 row 6: C2A, G4F, RF, 2026-09"),
            row(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("今日使用次数已达上限", "次数已达上限", "额度已用完", "额度用完", "额度已耗尽"),
                    QUOTA_EXHAUSTED,
                    QUOTA + " for today",
                    Hours.WAITED,
                    "13 row 3: RF, 2026-09"),
            row(ANYWHERE, ANY_CODE, List.of("目前服务访问量较大"), BUSY, "the service is busy", "13 row 4: RF, 2026-09"),
            limit(
                    ANYWHERE,
                    List.of("parallellimited"),
                    ANY_TEXT,
                    PARALLEL_LIMITED,
                    "it runs too many generations at once",
                    Hours.IGNORED,
                    PARALLEL_WAIT,
                    "13 row 3: front end 0.3.11, QSR, 2026-09"),
            limit(
                    ANYWHERE,
                    List.of("too_many_requests", "toomanyrequests", "429"),
                    ANY_TEXT,
                    RATE_LIMITED,
                    "requests came too quickly",
                    Hours.IGNORED,
                    REQUESTS_WAIT,
                    "13 row 3: front end 0.3.11, QSR, 2026-09"),
            row(
                    ANYWHERE,
                    List.of(
                            "quotalimited",
                            "exceedlimit",
                            "quota_exhausted",
                            "402",
                            "insufficient_quota",
                            "quota_exceeded"),
                    ANY_TEXT,
                    QUOTA_EXHAUSTED,
                    QUOTA,
                    Hours.WAITED,
                    "13 row 3: front end 0.3.11 and SDK, QSR, 2026-09"),
            row(
                    ANYWHERE,
                    List.of("ratelimited", "quota_limit"),
                    ANY_TEXT,
                    RATE_LIMITED,
                    QUOTA,
                    Hours.WAITED,
                    "RF, XX, VA and six more, 2025-04 to 2026-09"),
            row(
                    ANYWHERE,
                    List.of("unauthorized", "401", "tokenexpired", "token_expired", "authenticationfailed"),
                    ANY_TEXT,
                    EXPIRED,
                    DEAD_TOKEN,
                    "13 row 6: three of C2A, G4F, WEBAI, 2026-09"),
            row(
                    ANYWHERE,
                    List.of("forbidden", "403"),
                    ANY_TEXT,
                    FORBIDDEN,
                    "the service does not let it in (Forbidden)",
                    "RF 2026-09, VC 2026-08"),
            row(
                    ANYWHERE,
                    List.of("requestvalidationerror"),
                    ANY_TEXT,
                    BAD_INPUT,
                    "the service refuses the request (RequestValidationError)",
                    "PX 2026-08, VA 2026-09"),
            row(ANYWHERE, List.of("invalid_input"), ANY_TEXT, BAD_INPUT, INVALID_INPUT, "VC 2026-07, VA 2026-09"),
            row(
                    ANYWHERE,
                    List.of("chat_not_found", "parent_not_found"),
                    ANY_TEXT,
                    BUSY,
                    CHAT_GONE,
                    "13 row 10, 2026-09"),
            row(ANYWHERE, List.of("chat_in_progress"), ANY_TEXT, BUSY, CHAT_BUSY, "13 row 10, 2026-09"),
            row(ANYWHERE, List.of("not_found", "not found"), List.of("chat"), BUSY, CHAT_GONE, "CT 2026"),
            row(ANYWHERE, List.of("not_found", "not found"), ANY_TEXT, MODEL_GONE, NO_MODEL, "XX, VC, VA, 2026"),
            row(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("too many messages"),
                    BAD_INPUT,
                    "the service takes one message a turn",
                    "QN 2026-04, VC 2026-07"),
            row(ANYWHERE, ANY_CODE, List.of("chat is in progress"), BUSY, CHAT_BUSY, "AG, PX, QP, 2026-08"),
            row(ANYWHERE, ANY_CODE, List.of("the request is ended"), BUSY, CHAT_GONE, "13 row 10, 2026-09"),
            row(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("chat is not exist", "parent_id", "is not exist"),
                    BUSY,
                    CHAT_GONE,
                    "PX, QP, AG, 2026-08"),
            limit(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("request rate increased too quickly"),
                    RATE_LIMITED,
                    "requests came too quickly",
                    Hours.IGNORED,
                    BURST_WAIT,
                    "QP 2026, opencode #21217"),
            row(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("quota exceeded", "upper limit"),
                    RATE_LIMITED,
                    "the quota of this model is used up",
                    Hours.WAITED,
                    "QP 2026, opencode #23722"),
            row(ANYWHERE, ANY_CODE, List.of("token has expired"), EXPIRED, DEAD_TOKEN, "RF, XX, XZ, 2026"),
            row(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("model not found", "model not exist"),
                    MODEL_GONE,
                    NO_MODEL,
                    "XX, VC, 2026"),
            row(
                    ANYWHERE,
                    ANY_CODE,
                    List.of("range of input length", "context length", "input is too long"),
                    TOO_LONG,
                    "the prompt is longer than the model takes",
                    "portal, 2025"),
            row(
                    ANYWHERE,
                    List.of("bad_request", "internal_server_error", "internal_error"),
                    ANY_TEXT,
                    BUSY,
                    VAGUE,
                    "PX, VA, QN, RF, 2026"));

    private UpstreamErrorTable() {}

    private static Row row(
            Set<Operation> operations,
            List<String> codes,
            List<String> texts,
            FailureKind kind,
            String detail,
            String source) {
        return row(operations, codes, texts, kind, detail, Hours.IGNORED, source);
    }

    private static Row row(
            Set<Operation> operations,
            List<String> codes,
            List<String> texts,
            FailureKind kind,
            String detail,
            Hours hours,
            String source) {
        return limit(operations, codes, texts, kind, detail, hours, NO_WAIT, source);
    }

    private static Row limit(
            Set<Operation> operations,
            List<String> codes,
            List<String> texts,
            FailureKind kind,
            String detail,
            Hours hours,
            Duration wait,
            String source) {
        return new Row(operations, codes, texts, kind, detail, hours, wait, source);
    }

    /**
     * The failure that an error stands for; empty where no row knows it.
     *
     * @param hours named beside the code; zero where none are
     */
    static Optional<Failure> find(Operation operation, String code, String text, Duration hours) {
        String lowerCode = code.strip().toLowerCase(Locale.ROOT);
        String lowerText = text.toLowerCase(Locale.ROOT);
        return ROWS.stream()
                .filter(row -> row.matches(operation, lowerCode, lowerText))
                .findFirst()
                .map(row -> failure(row, code, hours));
    }

    private static Failure failure(Row row, String code, Duration hours) {
        Duration wait = row.hours() == Hours.WAITED ? hours : row.pause();
        String howLong = wait.isZero() || row.hours() == Hours.IGNORED
                ? ""
                : ", for " + Math.max(1, Math.round(wait.toMinutes() / 60.0)) + " h";
        boolean named = !row.detail().endsWith(")") && row.kind() != BUSY && !code.isEmpty()
                || row.detail().equals(VAGUE) && !code.isEmpty();
        String detail = named ? row.detail() + " (" + code + howLong + ")" : row.detail();
        return Failure.of(row.kind(), detail).after(wait);
    }

    /** The failure that stands for an error without a code. */
    static Failure unnamed() {
        return Failure.of(BUSY, VAGUE);
    }

    /** Whether a failure says no more than that there was an error. */
    static boolean isVague(Failure failure) {
        return failure.detail().startsWith(VAGUE);
    }

    /** The failure that stands for a code without a row. */
    static Failure unknown(String code) {
        return Failure.of(FailureKind.UNKNOWN, VAGUE + " (" + code + ")");
    }

    /** The code of a failure that {@link #unknown} made. */
    static Optional<String> unknownCode(Failure failure) {
        return failure.kind() == FailureKind.UNKNOWN && failure.detail().startsWith(VAGUE)
                ? Optional.of(failure.detail()
                        .substring(VAGUE.length() + 2, failure.detail().length() - 1))
                : Optional.empty();
    }

    /** Whether the chat of the request does not exist any more: chats are deleted by their owner, too. */
    static boolean isChatBusy(Failure failure) {
        return failure.detail().startsWith(CHAT_BUSY);
    }

    static boolean isChatGone(Failure failure) {
        return failure.detail().equals(CHAT_GONE);
    }
}
