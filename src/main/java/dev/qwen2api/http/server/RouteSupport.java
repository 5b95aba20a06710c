package dev.qwen2api.http.server;

import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.Routes.RouteAccess;
import dev.qwen2api.metrics.RequestMetrics;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all routes share: the limits, the requests in flight, the bodies, and the responses to problems. Thread-safe.
 */
public final class RouteSupport implements Handler {

    private static final Logger LOG = LoggerFactory.getLogger(RouteSupport.class);

    /** nginx's status for a client that hung up; it reaches the log alone. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    /** How long a client without a key may take to send a body. */
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(3);

    private final HttpLimits limits;
    private final Dialects dialects;
    private final LongSupplier nanoTime;
    private final RequestLimiter requestLimiter;
    private final RequestLimiter openLimiter = new RequestLimiter(ServerThreads.OPEN);
    private final BodyMemoryBudget room;
    private final RequestMetrics metrics = new RequestMetrics();
    private final ErrorMapper errors = new ErrorMapper();
    private final ProblemResponses problemResponses;
    private final LiveRequests live;

    public RouteSupport(HttpLimits limits, Dialects dialects, LongSupplier nanoTime) {
        this.limits = limits;
        this.dialects = dialects;
        this.nanoTime = nanoTime;
        this.requestLimiter = new RequestLimiter(limits.maxConcurrent());
        this.room = BodyMemoryBudget.in(Runtime.getRuntime().maxMemory());
        this.problemResponses = new ProblemResponses(dialects, nanoTime);
        this.live = new LiveRequests(nanoTime);
    }

    /**
     * Counts a request until its answer is complete, or refuses it. Probes are always let in: an orchestrator must
     * not kill a gateway because it is busy or shutting down. Routes without a key have a small limit of their own, so
     * that requests without a key cannot fill the limit of the others.
     */
    @Override
    public void handle(Context ctx) {
        if (Probes.isProbe(ctx.path())) {
            return;
        }
        boolean open = isOpen(ctx);
        Optional<Problem> refusal = open ? openLimiter.enter() : requestLimiter.enter();
        refusal.ifPresent(problem -> {
            if (problem.kind() == ProblemKind.SHUTTING_DOWN) {
                ctx.header("Connection", "close");
            }
            throw problem.toException();
        });
        HttpServletRequest request = ctx.req();
        live.begin(request);
        Request.addCompletionListener(ServletContextRequest.getServletContextRequest(request), failure -> {
            live.end(request);
            (open ? openLimiter : requestLimiter).leave();
        });
    }

    private static boolean isOpen(Context ctx) {
        return ctx.routeRoles().contains(RouteAccess.OPEN);
    }

    /**
     * The body of a request, to be read as it arrives.
     *
     * @throws dev.qwen2api.failure.ProblemException now or while reading, when it is too long, too slow or not readable
     */
    public InputStream body(Context ctx) {
        return body(ctx, limits.maxBody());
    }

    /** The same with a limit of its own, in bytes. */
    public InputStream body(Context ctx, long limit) {
        Duration timeout = limits.stall();
        if (isOpen(ctx)) {
            ContentEncoding.refuse(ctx.req());
            if (OPEN_TIMEOUT.compareTo(timeout) < 0) {
                timeout = OPEN_TIMEOUT;
                WatchedEndPoint.of(ctx.req()).setIdleTimeout(timeout.toMillis());
            }
        }
        return open(ctx.req(), limit, ctx.req().getContentLengthLong(), timeout);
    }

    /**
     * The body of a form: memory is claimed for its fields as they arrive, not for its files ({@link
     * RequestBody#elsewhere}).
     */
    RequestBody form(Context ctx) {
        return open(ctx.req(), limits.maxBody(), -1, limits.stall());
    }

    /** @param claimed how many bytes take memory as far as is known, or -1 */
    private RequestBody open(HttpServletRequest request, long limit, long claimed, Duration timeout) {
        if (request.getContentLengthLong() > limit) {
            throw RequestBody.tooLarge(limit).toException();
        }
        ContentEncoding encoding = ContentEncoding.of(request);
        BodyMemoryBudget.Claim claim = claim(request, encoding == ContentEncoding.IDENTITY ? claimed : -1);
        UnreadBody.asked(request);
        try {
            var body = new RequestBody(request.getInputStream(), limit, claim, timeout, nanoTime);
            if (encoding == ContentEncoding.IDENTITY) {
                return body;
            }
            // The size limit and the memory claim apply to the decoded bytes too.
            return new RequestBody(encoding.decode(body), limit, claim(request, -1), timeout, nanoTime);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Claims memory for the body until the request ends, because its content is kept until then. */
    private BodyMemoryBudget.Claim claim(HttpServletRequest request, long announced) {
        BodyMemoryBudget.Claim claim = room.claim();
        Request.addCompletionListener(
                ServletContextRequest.getServletContextRequest(request), failure -> claim.release());
        claim.reading(announced);
        return claim;
    }

    /** What was counted of the requests. */
    public RequestMetrics metrics() {
        return metrics;
    }

    HttpLimits limits() {
        return limits;
    }

    Dialects dialects() {
        return dialects;
    }

    LiveRequests live() {
        return live;
    }

    public RequestLimiter limiter() {
        return requestLimiter;
    }

    /** Refuses all requests from now on. */
    void close() {
        requestLimiter.close();
        openLimiter.close();
    }

    public ErrorMapper errors() {
        return errors;
    }

    ProblemResponses refusals() {
        return problemResponses;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /** The work that answers a request. */
    @FunctionalInterface
    public interface Work {
        void run() throws InterruptedException, IOException;
    }

    /**
     * Runs {@code work}; afterwards the response of {@code ctx} is complete. No exception leaves this method, since
     * Javalin's answer to it could end up in the middle of a stream.
     */
    public void complete(Context ctx, AnswerOutcome answer, Work work) {
        try {
            run(ctx, answer, work);
        } catch (ClientGoneException gone) {
            LOG.debug("[HTTP] {}: the client hung up", RequestIds.of(ctx));
        }
        clientClosed(ctx);
    }

    /** Sets the status for the access log where a client left before a response was sent. */
    static void clientClosed(Context ctx) {
        if (!ctx.res().isCommitted()) {
            ctx.status(CLIENT_CLOSED_REQUEST);
        }
    }

    private void run(Context ctx, AnswerOutcome answer, Work work) {
        try (RequestLimiter.Mark answering = requestLimiter.answering()) {
            work.run();
        } catch (InterruptedException stopped) {
            answer.fail(RequestLimiter.shuttingDown());
        } catch (ClientGoneException gone) {
            throw gone;
        } catch (ProblemException refused) {
            answer.fail(refused.problem());
        } catch (IOException | RuntimeException | Error unforeseen) {
            answer.fail(errors.problem(unforeseen, RequestIds.of(ctx)));
        } finally {
            // An interrupt that came too late must not hit the next request of this thread.
            Thread.interrupted();
        }
        if (!answer.hasEnded() && !answer.clientGone()) {
            answer.fail(errors.problem(new IllegalStateException("unanswered"), RequestIds.of(ctx)));
        }
    }

    /** How a response to a client ends. Used by one thread. */
    public interface AnswerOutcome {

        /** Ends with a failure, unless it has ended. */
        void fail(Problem problem);

        /** Whether nothing more can be sent: the answer is complete, has failed, or the client has left. */
        boolean hasEnded();

        /** Whether the client is known to have hung up. */
        boolean clientGone();
    }
}
