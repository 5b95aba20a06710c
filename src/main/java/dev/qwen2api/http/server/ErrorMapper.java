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
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client is told of an exception. What nobody foresaw becomes an incident: the client gets the request's id, the log
 * gets the id and the stack, and nobody gets the exception's message, which may quote a prompt. Thread-safe.
 */
public final class ErrorMapper {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorMapper.class);
    private static final int DEEPEST = 12;

    public Problem problem(Throwable thrown, String requestId) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            Optional<Problem> known = known(cause, requestId);
            if (known.isPresent()) {
                return known.get();
            }
            cause = cause.getCause();
        }
        LOG.error("[HTTP] {} failed unexpectedly: {}", requestId, StackTrace.of(thrown));
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

    /** The nearest case of the catalogue for a status that Javalin or Jetty chose. */
    static Problem ofStatus(int status, String requestId) {
        return switch (status) {
            case 404 ->
                Problem.of(ProblemKind.NOT_FOUND, "There is no such route. The base URL of the API ends in /v1.");
            case 405 -> Problem.of(ProblemKind.METHOD_NOT_ALLOWED, "This route does not take the request's method.");
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

    private static Problem malformed(Optional<JsonLocation> where) {
        String place = where.map(at -> " at line " + at.getLineNr() + ", column " + at.getColumnNr())
                .orElse("");
        return Problem.of(ProblemKind.INVALID_REQUEST, "The body of the request is not valid JSON" + place + ".");
    }

    private static Problem exhausted(VirtualMachineError error, String requestId) {
        LOG.error("[HTTP] {} exhausted the JVM: {}", requestId, StackTrace.of(error));
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
    private static final class StackTrace {

        private static final int FRAMES = 24;
        private static final int CAUSES = 6;

        private StackTrace() {}

        static String of(Throwable thrown) {
            var text = new StringBuilder();
            Throwable cause = thrown;
            for (int depth = 0; cause != null && depth < CAUSES; depth++) {
                text.append(depth == 0 ? "" : "\ncaused by ")
                        .append(cause.getClass().getName());
                StackTraceElement[] frames = cause.getStackTrace();
                for (int i = 0; i < Math.min(frames.length, FRAMES); i++) {
                    text.append("\n\tat ").append(frames[i]);
                }
                cause = cause.getCause();
            }
            return text.toString();
        }
    }
}
