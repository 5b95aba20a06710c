package dev.qwen2api.http.routes;

import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.http.server.AnswerOutcome;
import dev.qwen2api.http.server.RequestIds;
import dev.qwen2api.http.server.RequestLimiter;
import dev.qwen2api.http.server.RouteSupport;
import io.javalin.http.Context;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the work of one call to its end: nothing escapes from here, since what Javalin would make of it could land in the
 * middle of a stream. Thread-safe.
 */
public final class Driven {

    private static final Logger LOG = LoggerFactory.getLogger(Driven.class);
    /** What nginx logs for a client that hung up; nobody is there to receive it. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final RouteSupport desk;

    /** What answers a call. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException, IOException;
    }

    Driven(RouteSupport desk) {
        this.desk = desk;
    }

    /** Runs {@code work}; afterwards the response of {@code ctx} is complete. */
    void drive(Context ctx, AnswerOutcome answer, Work work) {
        try {
            toTheEnd(ctx, answer, work);
        } catch (ClientGoneException gone) {
            LOG.debug("[HTTP] {}: the client hung up", RequestIds.of(ctx));
        }
        nobodyReads(ctx);
    }

    /** Where nothing was sent yet, nothing is: the status is for the log. */
    public static void nobodyReads(Context ctx) {
        if (!ctx.res().isCommitted()) {
            ctx.status(CLIENT_CLOSED_REQUEST);
        }
    }

    private void toTheEnd(Context ctx, AnswerOutcome answer, Work work) {
        try (RequestLimiter.Mark answering = desk.traffic().answering()) {
            work.run();
        } catch (InterruptedException stopped) {
            answer.fail(RequestLimiter.shuttingDown());
        } catch (ClientGoneException gone) {
            throw gone;
        } catch (ProblemException refused) {
            answer.fail(refused.problem());
        } catch (IOException | RuntimeException | Error unforeseen) {
            answer.fail(desk.errors().problem(unforeseen, RequestIds.of(ctx)));
        } finally {
            // An interrupt that came too late must not hit the next request of this thread.
            Thread.interrupted();
        }
        if (!answer.hasEnded() && !answer.clientGone()) {
            answer.fail(desk.errors().problem(new IllegalStateException("unanswered"), RequestIds.of(ctx)));
        }
    }
}
