package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tells a client of a problem instead of an answer: status, headers, and a body in its dialect. Thread-safe.
 *
 * <p>A request may be refused before its body was read. Closing a connection with unread bytes makes the operating system
 * reset it, and the client may lose the answer on its way; so the rest of the body is thrown away for a short while after
 * the answer was sent.
 */
final class ProblemResponses {

    private static final Duration LONG_WAIT = Duration.ofSeconds(60);

    private final Dialects dialects;
    private final LongSupplier nanoTime;

    ProblemResponses(Dialects dialects, LongSupplier nanoTime) {
        this.dialects = dialects;
        this.nanoTime = nanoTime;
    }

    /** Sends the whole answer, and leaves nothing to be done. No effect once another answer has begun. */
    void send(Context ctx, Problem problem) {
        int status = problem.kind().status();
        if (status == 401 && !ctx.res().isCommitted()) {
            ctx.res().setHeader("WWW-Authenticate", "Bearer");
        }
        byte[] body = dialects.of(ctx).print(problem, RequestIds.of(ctx));
        send(ctx, status, problem.retryAfter(), body);
    }

    /** The same for a refusal that is printed already. */
    void send(Context ctx, int status, Optional<Duration> retryAfter, byte[] body) {
        HttpServletResponse response = ctx.res();
        if (response.isCommitted()) {
            return;
        }
        response.setStatus(status);
        headers(response, retryAfter);
        response.setContentType("application/json");
        response.setContentLength(body.length);
        var unread = new UnreadBody(ctx.req(), nanoTime);
        boolean close = unread.isLeft();
        if (close) {
            response.setHeader("Connection", "close");
        }
        try {
            response.getOutputStream().write(body);
            response.flushBuffer();
            if (close) {
                unread.discard();
            }
        } catch (IOException gone) {
            // The client left before it heard; there is nobody to tell.
        }
    }

    private static void headers(HttpServletResponse response, Optional<Duration> retryAfter) {
        response.setHeader("Cache-Control", "no-store");
        retryAfter.ifPresent(wait -> {
            response.setHeader("Retry-After", Long.toString(seconds(wait)));
            if (wait.compareTo(LONG_WAIT) > 0) {
                // OpenAI's clients would sleep for as long as Retry-After says.
                response.setHeader("X-Should-Retry", "false");
            }
        });
    }

    /** Rounded up: a client that comes a moment too early is refused again. */
    private static long seconds(Duration wait) {
        return Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
    }
}
