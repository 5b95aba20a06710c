package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.metrics.RequestMetrics;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;

/** What all routes share: the limits, who is inside, and how a client is told of a problem. Thread-safe. */
public final class RouteSupport implements Handler {

    private final HttpLimits limits;
    private final Dialects dialects;
    private final LongSupplier nanoTime;
    private final RequestLimiter requestLimiter;
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
     * Lets a request in and counts it until its answer is complete, or refuses it. Questions after the gateway's own health are
     * always let in: a crowd inside, or an end in good order, is no reason to have it killed.
     */
    @Override
    public void handle(Context ctx) {
        if (Probes.isProbe(ctx.path())) {
            return;
        }
        requestLimiter.enter().ifPresent(problem -> {
            if (problem.kind() == ProblemKind.SHUTTING_DOWN) {
                ctx.header("Connection", "close");
            }
            throw problem.toException();
        });
        HttpServletRequest request = ctx.req();
        live.begin(request);
        Request.addCompletionListener(ServletContextRequest.getServletContextRequest(request), failure -> {
            live.end(request);
            requestLimiter.leave();
        });
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
        return open(ctx.req(), limit, ctx.req().getContentLengthLong());
    }

    /** The same for one whose files are put {@link RequestBody#elsewhere}: its memory is claimed as its words come. */
    RequestBody form(Context ctx) {
        return open(ctx.req(), limits.maxBody(), -1);
    }

    /**
     * @param claimed how many bytes take memory as far as is known, or -1
     */
    private RequestBody open(HttpServletRequest request, long limit, long claimed) {
        if (request.getContentLengthLong() > limit) {
            throw RequestBody.tooLarge(limit).toException();
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw Problem.of(ProblemKind.INVALID_REQUEST, "Send the body without Content-Encoding: it is not unpacked.")
                    .toException();
        }
        BodyMemoryBudget.Claim claim = claim(request, claimed);
        UnreadBody.asked(request);
        try {
            return new RequestBody(request.getInputStream(), limit, claim, limits.stall(), nanoTime);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Holds memory for the body until the request is over: what it says stays for as long as the answer is made. */
    private BodyMemoryBudget.Claim claim(HttpServletRequest request, long announced) {
        BodyMemoryBudget.Claim claim = room.claim();
        if (announced < 0 || announced > BodyMemoryBudget.SMALL) {
            Request.addCompletionListener(
                    ServletContextRequest.getServletContextRequest(request), failure -> claim.release());
        }
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

    public RequestLimiter traffic() {
        return requestLimiter;
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
}
