package dev.qwen2api.http.server;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import io.javalin.http.HttpResponseException;
import java.io.CharConversionException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps exceptions to problems. An unforeseen one becomes an incident: the client gets the request's id, the log the
 * id and the stack trace, and neither the exception's message, which may quote a prompt. Thread-safe.
 */
public final class ErrorMapper {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorMapper.class);
    private static final int DEEPEST = 12;
    private static final int MOST_CAUSES = 6;
    private static final int MOST_FRAMES = 24;

    /** Parts of OpenAI's API, and of its extensions, that Qwen's chat service cannot serve. */
    private static final Pattern OTHER_API = Pattern.compile(
            "/v1/(embeddings|files|rerank|audio|moderations|fine_tuning|batches|uploads|assistants|threads"
                    + "|vector_stores|realtime)(?:/.*)?");

    private static final String ROUTES =
            " There are /v1/chat/completions, /v1/completions, /v1/responses, /v1/messages, /v1/models,"
                    + " /v1/images/generations, /v1/images/edits, /v1/videos and /v1beta/models.";

    private static final String CLI_ROUTES =
            " There are /cli/v1/chat/completions, /cli/v1/responses, /cli/v1/messages and /cli/v1/models.";

    private static final String MANAGEMENT_ROUTES =
            " There are /api/health, /api/accountsHealth, /api/addAccount, /api/deleteAccount/{num},"
                    + " /api/accounts/{num}/cookie, /api/accounts/{num}/reset, /api/requests, /api/usage, /api/models,"
                    + " /api/reloadConfig and /api/configStatus.";

    public Problem problem(Throwable thrown, String requestId) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            Optional<Problem> known = known(cause, requestId);
            if (known.isPresent()) {
                return known.get();
            }
            cause = cause.getCause();
        }
        LOG.error("[HTTP] {} failed unexpectedly: {}", requestId, stackTrace(thrown));
        return incident(requestId);
    }

    private static Optional<Problem> known(Throwable thrown, String requestId) {
        if (thrown instanceof ProblemException refused) {
            return Optional.of(refused.problem());
        }
        if (thrown instanceof StreamConstraintsException) {
            return Optional.of(Problem.of(
                    ProblemKind.REQUEST_TOO_DEEP,
                    "The JSON of the request is nested too deeply, or one of its values is too long."));
        }
        if (thrown instanceof JsonProcessingException malformed) {
            return Optional.of(malformed(Optional.ofNullable(malformed.getLocation())));
        }
        if (thrown instanceof CharConversionException) {
            return Optional.of(malformed(Optional.empty()));
        }
        if (thrown instanceof HttpResponseException response) {
            return Optional.of(ofStatus(response.getStatus(), requestId));
        }
        if (thrown instanceof HttpException bad) {
            return Optional.of(ofStatus(bad.getCode(), requestId));
        }
        return thrown instanceof VirtualMachineError exhausted
                ? Optional.of(exhausted(exhausted, requestId))
                : Optional.empty();
    }

    /** The nearest problem for a status that Javalin or Jetty chose. */
    static Problem ofStatus(int status, String requestId) {
        return switch (status) {
            case 404 -> notFound("");
            case 405 -> Problem.of(ProblemKind.METHOD_NOT_ALLOWED, "The route does not take the request's method.");
            case 408 -> Problem.of(ProblemKind.REQUEST_TIMEOUT, "The request did not arrive in time.");
            case 413 -> Problem.of(ProblemKind.REQUEST_TOO_LARGE, "The body of the request is too long.");
            case 414, 431 ->
                Problem.of(ProblemKind.REQUEST_TOO_LARGE, "The address or the headers of the request are too long.");
            default ->
                status >= 400 && status < 500
                        ? Problem.of(ProblemKind.INVALID_REQUEST, "The request is not well-formed HTTP.")
                        : incident(requestId);
        };
    }

    /** The problem of a path without a route. */
    static Problem notFound(String path) {
        Matcher api = OTHER_API.matcher(path);
        String reason = api.matches()
                ? "The service behind the gateway has no " + api.group(1) + "."
                : "There is no such route.";
        String routes = path.startsWith("/api/") ? MANAGEMENT_ROUTES : path.startsWith("/cli/") ? CLI_ROUTES : ROUTES;
        return Problem.of(ProblemKind.NOT_FOUND, reason + routes);
    }

    static Problem methodNotAllowed(String method, String allowed) {
        return Problem.of(
                ProblemKind.METHOD_NOT_ALLOWED, "The route does not take " + method + ", only " + allowed + ".");
    }

    private static Problem malformed(Optional<JsonLocation> where) {
        String place = where.map(at -> " at line " + at.getLineNr() + ", column " + at.getColumnNr())
                .orElse("");
        return Problem.of(ProblemKind.INVALID_REQUEST, "The body of the request is not valid JSON" + place + ".");
    }

    private static Problem exhausted(VirtualMachineError error, String requestId) {
        LOG.error("[HTTP] {} exhausted the JVM: {}", requestId, stackTrace(error));
        return error instanceof OutOfMemoryError
                ? Problem.retryable(
                        ProblemKind.OVERLOADED,
                        "The gateway is out of memory. Send less at a time, or give it a larger heap.",
                        Duration.ofSeconds(5))
                : incident(requestId);
    }

    private static Problem incident(String requestId) {
        return Problem.of(
                ProblemKind.INTERNAL, "The gateway failed. Its log says more under the request id " + requestId + ".");
    }

    /** A stack trace without messages: those may quote what a client wrote. */
    private static String stackTrace(Throwable thrown) {
        var text = new StringBuilder();
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            text.append(depth == 0 ? "" : "\ncaused by ")
                    .append(cause.getClass().getName());
            StackTraceElement[] frames = cause.getStackTrace();
            for (int i = 0; i < Math.min(frames.length, MOST_FRAMES); i++) {
                text.append("\n\tat ").append(frames[i]);
            }
            cause = cause.getCause();
        }
        return text.toString();
    }
}
