package dev.qwen2api.http.server;

import dev.qwen2api.chat.ProblemPrinter;
import dev.qwen2api.failure.Problem;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Sends a problem in place of an answer: status, headers, and a body in the client's dialect. Thread-safe.
 *
 * <p>A request may be refused before its body was read. Closing a connection with unread bytes makes the operating
 * system reset it, and the client may lose the answer on its way; so the rest of the body is discarded for a short
 * while after the answer was sent.
 */
final class ProblemResponses {

    private final Dialects dialects;
    private final LongSupplier nanoTime;
    /** Each holds a thread for two seconds; where many are refused, the others are cut off. */
    private final Semaphore discarding = new Semaphore(ServerThreads.DISCARDING);

    ProblemResponses(Dialects dialects, LongSupplier nanoTime) {
        this.dialects = dialects;
        this.nanoTime = nanoTime;
    }

    /** Sends the whole response. No effect once another response has begun. */
    void send(Context ctx, Problem problem) {
        int status = problem.kind().status();
        ctx.attribute(AccessLog.CODE, problem.kind().code());
        if (status == 401 && !ctx.res().isCommitted()) {
            ctx.res().setHeader("WWW-Authenticate", "Bearer");
        }
        ProblemPrinter printer = dialects.of(ctx);
        if (!ctx.res().isCommitted()) {
            retryHeaders(problem, printer.announcesLongWaits(), ctx.res());
        }
        send(ctx, status, printer.print(problem, RequestIds.of(ctx)));
    }

    private void send(Context ctx, int status, byte[] body) {
        HttpServletResponse response = ctx.res();
        if (response.isCommitted()) {
            return;
        }
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
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
            if (close && discarding.tryAcquire()) {
                try {
                    unread.discard();
                } finally {
                    discarding.release();
                }
            }
        } catch (IOException gone) {
            // The client has left.
        }
    }

    /**
     * Sets the headers that say when a refused request may be sent again.
     *
     * @param longWaits whether the dialect announces the wait for a limit whatever its length
     */
    private static void retryHeaders(Problem problem, boolean longWaits, HttpServletResponse response) {
        if (problem.isLasting()) {
            response.setHeader("X-Should-Retry", "false");
        }
        Optional<Duration> wait =
                longWaits && problem.kind().isLimit() ? problem.retryAfter() : problem.announcedWait();
        wait.ifPresent(time -> response.setHeader("Retry-After", Long.toString(Problem.seconds(time))));
    }
}
