package dev.qwen2api.upstream.qwen.error;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The table from operation, code and text to failures. The first row that matches decides; codes and texts are
 * compared without case. Every row names its source and date; {@code docs/upstream.md} explains the sources.
 */
final class UpstreamErrorTable {

    static final String CHAT_GONE = "the chat was gone";
    static final String CHAT_BUSY = "the chat is still in progress";
    private static final String VAGUE = "the service reported an error";

    /** What the model cannot take as it is: an attachment, or that it shall not think (VC, 2026-07). */
    static final String INVALID_INPUT = "the model does not take this input (invalid_input)";

    /**
     * Columns: operation; codes, of which one ending in {@code *} stands for all with that beginning; texts, of which
     * one must occur; kind; wait, where {@code hours} takes the number beside the code; detail; source. {@code -} is
     * any, or none.
     */
    private static final String TABLE = """
            any | fail_sys*, rgv587* | - | CHALLENGED | - | \
                the service asks for a human check | row 7: C2A, QG 2026-09
            any | - | fail_sys_user_validate, rgv587_error | CHALLENGED | - | \
                the service asks for a human check | row 7 2026-09
            any | data_inspection_failed, datainspectionfailed | - | MODERATED | - | \
                $moderated | XZ 2026-06, VA 2026-09
            any | - | content safety, 内容安全, inappropriate content, data_inspection_failed | MODERATED | - | \
                $moderated | XZ 2026-06
            upload | ratelimited, quota_limit, too_many_requests, 429 | - | RATE_LIMITED | 5m | \
                its uploads are limited | row 4: RF 2026-09
            upload | not_found, not found | - | BROKEN | - | \
                the service does not take the upload (Not_Found) | seen at the jar 2026-11
            task | not_found, not found | - | BROKEN | - | the service does not know the task (Not_Found) | VA 2026-09
            renewal | invalid token, invalid_token, forbidden, 403 | - | EXPIRED | - | \
                $dead | row 6: C2A, G4F, RF 2026-09
            renewal | - | invalid token, unauthorized, forbidden | EXPIRED | - | $dead | row 6: C2A, G4F, RF 2026-09
            any | - | 次数已达上限, 额度已用完, 额度用完, 额度已耗尽 | QUOTA_EXHAUSTED | hours | \
                its quota for today is used up | row 3: RF 2026-09
            any | - | 目前服务访问量较大 | BUSY | - | the service is busy | row 4: RF 2026-09
            any | parallellimited | - | PARALLEL_LIMITED | 5s | \
                it runs too many generations at once | row 3: QSR 2026-09
            any | too_many_requests, toomanyrequests, 429 | - | RATE_LIMITED | 1m | $fast | row 3: QSR 2026-09
            any | quotalimited, exceedlimit, quota_exhausted, 402 | - | QUOTA_EXHAUSTED | hours | \
                $quota | row 3: QSR, TX 2026-09
            any | insufficient_quota, quota_exceeded | - | QUOTA_EXHAUSTED | hours | $quota | portal 2025, TX 2026-09
            any | ratelimited, quota_limit | - | RATE_LIMITED | hours | \
                $quota | RF, XX, VA and six more 2025-04 to 2026-09
            any | unauthorized, 401, tokenexpired, token_expired, authenticationfailed | - | EXPIRED | - | \
                $dead | row 6: C2A, G4F 2026-09
            any | forbidden, 403 | - | FORBIDDEN | - | \
                the service does not let it in (Forbidden) | RF 2026-09, VC 2026-08
            any | requestvalidationerror | - | BAD_INPUT | - | \
                the service refuses the request (RequestValidationError) | PX 2026-08
            any | invalid_input | - | BAD_INPUT | - | $input | VC 2026-07, VA 2026-09
            any | chat_not_found, parent_not_found | - | BUSY | - | $gone | row 10 2026-09
            any | chat_in_progress | - | BUSY | - | $busy | row 10 2026-09
            any | not_found, not found | chat | BUSY | - | $gone | CT 2026
            any | not_found, not found | - | MODEL_GONE | - | \
                the service does not have this model (Not_Found) | XX, VC, VA 2026
            any | - | too many messages | BAD_INPUT | - | \
                the service takes one message a turn | QN 2026-04, VC 2026-07
            any | - | chat is in progress | BUSY | - | $busy | AG, PX, QP 2026-08
            any | - | the request is ended, is not exist, parent_id | BUSY | - | \
                $gone | row 10 2026-09, PX, QP, AG 2026-08
            any | - | request rate increased too quickly | RATE_LIMITED | 5m | $fast | QP 2026, opencode #21217
            any | - | quota exceeded, upper limit | RATE_LIMITED | hours | \
                the quota of this model is used up | QP 2026
            any | - | token has expired | EXPIRED | - | $dead | RF, XX, XZ 2026
            any | - | model not found, model not exist | MODEL_GONE | - | \
                the service does not have this model (Not_Found) | VC 2026
            any | - | range of input length, context length, input is too long | TOO_LONG | - | $long | portal 2025
            any | bad_request, internal_server_error, internal_error | - | BUSY | - | $vague | PX, VA, QN, RF 2026
            """.replace(
                    "$moderated", "the service's content filter refused it (data_inspection_failed)")
            .replace("$dead", "the service calls its token dead")
            .replace("$fast", "requests came too quickly")
            .replace("$quota", "its quota is used up")
            .replace("$long", "the prompt is longer than the model takes")
            .replace("$input", INVALID_INPUT)
            .replace("$gone", CHAT_GONE)
            .replace("$busy", CHAT_BUSY)
            .replace("$vague", VAGUE);

    private static final List<Row> ROWS = TABLE.lines().map(Row::parse).toList();

    private UpstreamErrorTable() {}

    /**
     * One fact.
     *
     * @param operations where it holds
     * @param codes in lower case; empty for any
     * @param texts phrases in lower case; empty for any
     * @param hours whether the number beside the code is the hours to wait
     * @param pause how long to stay away, where that does not stand beside the code
     */
    private record Row(
            Set<Operation> operations,
            List<String> codes,
            List<String> texts,
            FailureKind kind,
            boolean hours,
            Duration pause,
            String detail) {

        static Row parse(String line) {
            String[] columns = line.split("\\s*\\|\\s*");
            boolean fixed = columns[4].matches("\\d+[sm]");
            return new Row(
                    operations(columns[0]),
                    list(columns[1]),
                    list(columns[2]),
                    FailureKind.valueOf(columns[3]),
                    columns[4].equals("hours"),
                    fixed ? Duration.parse("PT" + columns[4].toUpperCase(Locale.ROOT)) : Duration.ZERO,
                    columns[5]);
        }

        private static Set<Operation> operations(String name) {
            return Arrays.stream(Operation.values())
                    .filter(operation -> name.equals("any")
                            || name.equals("upload") && operation.isUpload()
                            || name.equals("task") && operation == Operation.TASK_STATUS
                            || name.equals("renewal") && operation == Operation.RENEWAL)
                    .collect(Collectors.toUnmodifiableSet());
        }

        private static List<String> list(String column) {
            return column.equals("-") ? List.of() : List.of(column.split(",\\s*"));
        }

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

        Failure failure(String code, Duration named) {
            Duration wait = hours ? named : pause;
            String howLong =
                    !hours || wait.isZero() ? "" : ", for " + Math.max(1, Math.round(wait.toMinutes() / 60.0)) + " h";
            boolean showsCode = !code.isEmpty() && !detail.endsWith(")") && !isAboutChats();
            return Failure.of(kind, showsCode ? detail + " (" + code + howLong + ")" : detail)
                    .after(wait);
        }

        private boolean isAboutChats() {
            return detail.equals(CHAT_GONE) || detail.equals(CHAT_BUSY);
        }
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
                .map(row -> row.failure(code, hours));
    }

    /**
     * The failure that a status stands for by itself; empty for success and for the catch-alls 400 and 5xx.
     *
     * @param code the upstream's code for it; may be empty
     */
    static Optional<Failure> ofStatus(Operation operation, int status, String code) {
        String source = " (HTTP " + status + (code.isEmpty() ? ")" : ", " + code + ")");
        return switch (status) {
            case 401 -> failure(FailureKind.EXPIRED, "the service calls its token dead" + source);
            case 403 -> failure(FailureKind.FORBIDDEN, "the service does not let it in" + source);
            case 404 ->
                operation.isUpload() || operation == Operation.TASK_STATUS
                        ? failure(FailureKind.BROKEN, "the service does not answer this call" + source)
                        : failure(FailureKind.MODEL_GONE, "the service does not have this model" + source);
            case 405 -> failure(FailureKind.CHALLENGED, "the service blocks this network" + source);
            case 407 -> failure(FailureKind.UNREACHABLE, "the proxy asks for a login" + source + "; check PROXY_URL");
            case 413 -> failure(FailureKind.TOO_LONG, "the prompt is longer than the service takes" + source);
            case 422 -> failure(FailureKind.BAD_INPUT, "the service refuses the request" + source);
            case 429 -> Optional.of(Failure.rateLimited(Duration.ZERO, "the service asks for a pause" + source));
            default -> Optional.empty();
        };
    }

    private static Optional<Failure> failure(FailureKind kind, String detail) {
        return Optional.of(Failure.of(kind, detail));
    }

    /** The failure that stands for an error without a code. */
    static Failure unnamed() {
        return Failure.of(FailureKind.BUSY, VAGUE);
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
        return failure.kind() == FailureKind.UNKNOWN && isVague(failure)
                ? Optional.of(failure.detail()
                        .substring(VAGUE.length() + 2, failure.detail().length() - 1))
                : Optional.empty();
    }
}
